// Something of this page as a file: the browser asks where to keep it.

export function download(name: string, json: unknown): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(json)], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
