/** The HTTP side: a table of routes served by Fastify on one address. Later pages and the API add rows to the table. */
import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify'
import { SIGNATURE_HEADER } from './webhook.ts'

/** One route; what `answer` returns is sent as JSON, or as text when it is a string. */
export interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly doc: string
  /** Whether the request may be answered at all, asked before any of its body is read; nobody who may not learns that there is a page. */
  readonly mayAsk?: (request: RouteRequest) => boolean
  readonly answer: (request: RouteRequest) => Promise<RouteAnswer>
}

/** What a route may look at. */
export interface RouteRequest {
  /** The parts of the path that the route names with a colon. */
  readonly params: Readonly<Record<string, string>>
  /** The header of that name, empty where there is none. */
  readonly authorization: string
  readonly signature: string
  /** The body as it came; empty while it is not read. */
  readonly body: Uint8Array
}

/** No route needs a larger body. */
const MOST_BODY_BYTES = 65_536
const NOTHING = new Uint8Array()

export interface RouteAnswer {
  readonly status: number
  /** Media type, where it is not that of the body. */
  readonly type?: string
  readonly body: string | Readonly<Record<string, unknown>>
}

export class HttpServer {
  readonly #app: FastifyInstance

  constructor(routes: readonly Route[]) {
    this.#app = fastify({ logger: false, bodyLimit: MOST_BODY_BYTES, requestTimeout: 10_000 })
    // Bodies are bytes, whatever they call themselves.
    this.#app.removeAllContentTypeParsers()
    this.#app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    for (const route of routes) this.#add(route)
  }

  /** Listens on `HOST:PORT` (port 0: any) and returns the address with the port it got. Rejects when it is taken. */
  async listen(address: string): Promise<string> {
    const at = address.lastIndexOf(':')
    const host = address.slice(0, at).replace(/^\[|\]$/g, '')
    const url = await this.#app.listen({ host, port: Number(address.slice(at + 1)) })
    return url.replace('http://', '')
  }

  async close(): Promise<void> {
    await this.#app.close()
  }

  #add({ method, path, mayAsk = () => true, answer }: Route): void {
    this.#app.route({
      method,
      url: path,
      onRequest: async (request, reply) => {
        if (mayAsk(requestOf(request))) return
        // What else it sends is not waited for.
        await reply.header('connection', 'close').code(404).send('not found\n')
      },
      handler: async (request, reply) => {
        const { status, type, body } = await answer(requestOf(request))
        if (type !== undefined) reply.type(type)
        return reply.code(status).send(body)
      },
    })
  }
}

function requestOf({ params, headers, body }: FastifyRequest): RouteRequest {
  const { authorization = '', [SIGNATURE_HEADER]: signature } = headers
  return {
    params: params as Record<string, string>,
    authorization,
    signature: typeof signature === 'string' ? signature : '',
    body: body instanceof Uint8Array ? body : NOTHING,
  }
}
