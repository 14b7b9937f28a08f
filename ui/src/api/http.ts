import { store } from "@/lib/store"

/** What the server says when it will not: one JSON shape for every failure. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly detail: { field?: string; expected?: string; found?: string; request_id?: string } = {},
    readonly retryAfter: number | null = null,
  ) {
    super(message)
    this.name = "Refusal"
  }

  /** The message with what was expected and found, as one sentence for people. */
  get sentence(): string {
    const { field, expected, found } = this.detail
    const where = field ? `${field}: ` : ""
    const wanted = expected ? ` Expected ${expected}${found ? `, found ${found}` : ""}.` : ""
    return `${where}${this.message}${/[.!?]$/.test(this.message) ? "" : "."}${wanted}`
  }
}

/** True while the session is over and somebody has to sign in again; whatever is on the screen stays. */
export const signedOut = store(false)

let csrf = ""
export const setCsrf = (token: string) => {
  csrf = token
}

export type Query = Record<string, string | number | boolean | null | undefined>

/** `/api/path?query` without the empty parameters. */
export function address(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(
    ([, value]) => value !== null && value !== undefined && value !== "",
  )
  const search = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()
  return `/api${path}${search ? `?${search}` : ""}`
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE"

async function call<T>(method: Method, url: string, body?: unknown, init: RequestInit = {}): Promise<T> {
  const headers = new Headers({ accept: "application/json" })
  const raw = body instanceof Blob
  if (body !== undefined) headers.set("content-type", raw ? "application/octet-stream" : "application/json")
  if (method !== "GET" && csrf) headers.set("x-csrf-token", csrf)
  let response: Response
  try {
    response = await fetch(url, {
      credentials: "same-origin",
      ...init,
      method,
      headers,
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error
    throw new Refusal(0, "offline", "The server cannot be reached")
  }
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T
  throw await refusalOf(response)
}

async function refusalOf(response: Response): Promise<Refusal> {
  const shape = (await response.json().catch(() => ({}))) as Record<string, string | undefined>
  const { code, message, field, expected, found } = shape
  const request_id = shape.request_id ?? response.headers.get("x-request-id") ?? undefined
  if (response.status === 401) signedOut.set(true)
  const after = Number(response.headers.get("retry-after"))
  const detail = Object.fromEntries(
    Object.entries({ field, expected, found, request_id }).filter(([, value]) => value !== undefined),
  )
  return new Refusal(
    response.status,
    code ?? String(response.status),
    message ?? response.statusText,
    detail,
    after > 0 ? after : null,
  )
}

export const get = <T>(path: string, query?: Query, init?: RequestInit) =>
  call<T>("GET", address(path, query), undefined, init)
export const post = <T>(path: string, body: unknown = {}, init?: RequestInit) =>
  call<T>("POST", address(path), body, init)
export const putTo = <T>(path: string, body: unknown) => call<T>("PUT", address(path), body)
export const del = <T>(path: string) => call<T>("DELETE", address(path))

/** Sends a file as it is, with its progress from 0 to 1. */
export function upload<T>(path: string, file: File, onProgress: (share: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open("POST", address(path, { name: file.name }))
    request.setRequestHeader("content-type", "application/octet-stream")
    request.setRequestHeader("x-csrf-token", csrf)
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total)
    request.onerror = () => reject(new Refusal(0, "offline", "The server cannot be reached"))
    request.onload = async () => {
      const response = new Response(request.responseText, { status: request.status })
      if (response.ok) resolve((await response.json()) as T)
      else reject(await refusalOf(response))
    }
    request.send(file)
  })
}
