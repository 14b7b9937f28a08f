import type { IncomingMessage, ServerResponse } from "node:http"
import type { Connect, Plugin } from "vite"
import { ANSWERS, No } from "./answers.ts"

const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
  "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

async function read(request: IncomingMessage): Promise<Record<string, unknown>> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  try {
    return JSON.parse(Buffer.concat(parts).toString() || "{}")
  } catch {
    return {}
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost")
  const path = url.pathname.replace(/^\/api/, "")
  const method = request.method ?? "GET"
  const body = await read(request)
  const send = (status: number, shape: unknown) => {
    response.statusCode = status
    response.setHeader("content-type", "application/json")
    response.end(status === 204 ? undefined : JSON.stringify(shape))
  }
  for (const [wanted, pattern, make] of ANSWERS) {
    const match = wanted === method ? path.match(pattern) : null
    if (!match) continue
    try {
      const shape = make({ method, path, query: url.searchParams, body }, match)
      return send(shape === undefined ? 204 : 200, shape)
    } catch (error) {
      if (!(error instanceof No)) throw error
      return send(error.status, { ...error.shape, request_id: "fake" })
    }
  }
  send(404, { code: "not_found", message: "there is no such address", request_id: "fake" })
}

const middleware: Connect.NextHandleFunction = (request, response, next) => {
  if (request.url?.startsWith("/api/")) void answer(request, response)
  else next()
}

/** Answers `/api` from a made-up world, under the strictest policy, so that violations show while developing. */
export function fakeServer(): Plugin {
  return {
    name: "fake-server",
    configureServer: ({ middlewares }) => {
      middlewares.use(middleware)
    },
    configurePreviewServer: ({ middlewares }) => {
      middlewares.use((request, response, next) => {
        response.setHeader("content-security-policy", POLICY)
        middleware(request, response, next)
      })
    },
  }
}
