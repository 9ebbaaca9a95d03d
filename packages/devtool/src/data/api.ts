// The admin port of the node that served this page.

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** Why there is no answer, as a sentence. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** 0 when nobody answered at all. */
  readonly status: number

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
  }
}

const tokenKey = 'sluice.token'

export class Api {
  readonly #fetch: typeof fetch
  #token: string | undefined

  constructor(token?: string, fetcher: typeof fetch = (...given) => fetch(...given)) {
    this.#token = token
    this.#fetch = fetcher
  }

  get hasToken(): boolean {
    return this.#token !== undefined
  }

  /** For this tab alone, and not longer. */
  useToken(token: string): void {
    this.#token = token
    sessionStorage.setItem(tokenKey, token)
  }

  async get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    return await this.#send<T>('GET', path, query, signal)
  }

  async post<T>(path: string, query: Query = {}): Promise<T> {
    return await this.#send<T>('POST', path, query)
  }

  async #send<T>(method: string, path: string, query: Query, signal?: AbortSignal): Promise<T> {
    const headers: Record<string, string> = {}
    if (this.#token !== undefined) headers['Authorization'] = `Bearer ${this.#token}`
    let response: Response
    try {
      response = await this.#fetch(pathWith(path, query), {
        method,
        headers,
        signal: signal ?? null,
      })
    } catch (error) {
      if (signal?.aborted === true) throw error
      throw new ApiError(0, 'the node does not answer', { cause: error })
    }
    const text = await response.text()
    if (!response.ok) throw new ApiError(response.status, messageOf(text, response.status))
    try {
      return JSON.parse(text) as T
    } catch (error) {
      throw new ApiError(response.status, 'the answer is no JSON', { cause: error })
    }
  }
}

/** The token that the address names, once, or that this tab had. It does not stay in the address. */
export function takeToken(): string | undefined {
  const address = new URL(location.href)
  const given = address.searchParams.get('token')
  if (given !== null) {
    address.searchParams.delete('token')
    history.replaceState(null, '', address)
    sessionStorage.setItem(tokenKey, given)
  }
  return given ?? sessionStorage.getItem(tokenKey) ?? undefined
}

function pathWith(path: string, query: Query): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '' && value !== false) parameters.set(name, String(value))
  }
  const text = parameters.toString()
  return `.${path}${text === '' ? '' : `?${text}`}`
}

function messageOf(text: string, status: number): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } }
    if (typeof error?.message === 'string') return error.message
  } catch {
    // Said below.
  }
  return `the node answered ${status}`
}
