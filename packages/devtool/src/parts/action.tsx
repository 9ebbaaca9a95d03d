// Something that changes what it is about: a button that asks a second time, with a reason.

import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Confirm } from './confirm.tsx'

interface ActionProps {
  /** Of the button; the dots say that it asks again. */
  readonly label: string
  /** What the second button does, in full. */
  readonly words: string
  readonly harmless?: boolean
  readonly small?: boolean
  readonly act: (reason: string) => Promise<unknown>
}

export function Action({
  label,
  words,
  harmless = false,
  small = false,
  act,
}: ActionProps): JSX.Element {
  const [asked, setAsked] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const answered = useRef(false)
  useEffect(() => {
    if (!asked && answered.current) button.current?.focus()
    answered.current = asked
  }, [asked])
  if (asked) {
    const close = (): void => setAsked(false)
    return <Confirm words={words} harmless={harmless} act={act} close={close} />
  }
  return (
    <button
      ref={button}
      type="button"
      class={`${harmless ? '' : 'danger'} ${small ? 'small' : ''}`}
      onClick={() => setAsked(true)}
    >
      {label} …
    </button>
  )
}
