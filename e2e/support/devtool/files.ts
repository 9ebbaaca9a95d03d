// Files, as somebody drops them on the page.

import type { Page } from 'playwright-core'

/** Drops files of these contents there, all at once. */
export async function dropFiles(
  page: Page,
  where: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const dataTransfer = await page.evaluateHandle<object>(`(() => {
    const data = new DataTransfer()
    for (const [name, text] of Object.entries(${JSON.stringify(files)})) {
      data.items.add(new File([text], name))
    }
    return data
  })()`)
  await page.locator(where).dispatchEvent('drop', { dataTransfer })
}
