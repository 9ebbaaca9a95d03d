// Light, dark, or as the machine says.

import { signal } from '@preact/signals'
import type { JSX } from 'preact'

const themes = ['auto', 'light', 'dark'] as const
type Theme = (typeof themes)[number]

const themeKey = 'sluice.theme'
const theme = signal<Theme>(themes.find((one) => one === localStorage.getItem(themeKey)) ?? 'auto')
show(theme.value)

export function ThemeButton(): JSX.Element {
  const turn = (): void => {
    theme.value = themes[(themes.indexOf(theme.value) + 1) % themes.length]!
    localStorage.setItem(themeKey, theme.value)
    show(theme.value)
  }
  return (
    <button type="button" onClick={turn} aria-label={`Theme: ${theme.value}`}>
      {{ auto: '◐', light: '☀', dark: '☾' }[theme.value]}
    </button>
  )
}

function show(chosen: Theme): void {
  if (chosen === 'auto') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = chosen
}
