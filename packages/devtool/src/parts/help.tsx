// Which keys there are: a dialog that `?` opens and that Esc closes, with what is behind it out of reach meanwhile.

import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

export const helpShown = signal(false)

const groups: readonly (readonly [where: string, keys: readonly (readonly [string, string])[]])[] =
  [
    [
      'Everywhere',
      [
        ['1 … 9 0 -', 'a view, as the list of views says'],
        ['/', 'search; ↓ leads from there to what is found'],
        ['p', 'pause, and go on'],
        ['?', 'this list'],
      ],
    ],
    [
      'In the tree and in lists',
      [
        ['↑ ↓', 'a line up, a line down'],
        ['Page ↑ ↓', 'as many as fit'],
        ['Home End', 'the first, the last'],
        ['Enter', 'opens what the line is about'],
      ],
    ],
    [
      'In the tree',
      [
        ['→', 'opens a branch, then to the first below; from what was found into the tree'],
        ['←', 'closes it; then to the one above'],
        ['Space', 'opens or closes'],
      ],
    ],
  ]

export function HelpButton(): JSX.Element {
  return (
    <button
      type="button"
      class="of-keys"
      aria-label="Keys"
      title="?"
      onClick={() => (helpShown.value = true)}
    >
      ?
    </button>
  )
}

export function Help(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const shown = helpShown.value
  useEffect(() => {
    if (shown) dialog.current?.showModal()
    else dialog.current?.close()
  }, [shown])
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="help-title"
      onClose={close}
      // What is beside it is its own, too.
      onClick={({ target }) => target === dialog.current && close()}
    >
      {shown && <Keys />}
    </dialog>
  )
}

function close(): void {
  helpShown.value = false
}

function Keys(): JSX.Element {
  return (
    <>
      <div class="row">
        <h2 id="help-title" class="grow">
          Keys
        </h2>
        <button type="button" onClick={close}>
          Close
        </button>
      </div>
      {groups.map(([where, keys]) => (
        <section key={where}>
          <h3>{where}</h3>
          <dl class="keys">
            {keys.map(([key, what]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </>
  )
}
