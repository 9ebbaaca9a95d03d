// The node wants a token. It goes into a header, never into an address.

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { api, locked } from '../data/state.ts'
import { Notice } from './notice.tsx'

export function Login(): JSX.Element {
  const [token, setToken] = useState('')
  const enter = (event: Event): void => {
    event.preventDefault()
    api.useToken(token)
    locked.value = false
  }
  return (
    <form class="card" style={{ maxWidth: '26rem' }} onSubmit={enter}>
      <h1>This node asks for its admin token</h1>
      <p class="quiet">
        It is <code>adminToken</code> in the node’s configuration. This tab keeps it until it is
        closed.
      </p>
      {api.hasToken && <Notice kind="bad">The node does not take this token.</Notice>}
      <label class="row">
        Token
        <input
          class="grow"
          type="password"
          autocomplete="off"
          value={token}
          onInput={({ currentTarget }) => setToken(currentTarget.value)}
        />
        <button type="submit" class="primary" disabled={token === ''}>
          Look
        </button>
      </label>
    </form>
  )
}
