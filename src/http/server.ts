/** The HTTP side: a table of routes served by Fastify on one address. Later pages and the API add rows to the table. */
import { type FastifyInstance, fastify } from 'fastify'

/** One route; what `answer` returns is sent as JSON, or as text when it is a string. */
export interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly doc: string
  readonly answer: (request: RouteRequest) => Promise<RouteAnswer>
}

/** What a route may look at. */
export interface RouteRequest {
  /** The parts of the path that the route names with a colon. */
  readonly params: Readonly<Record<string, string>>
  /** The header of that name, empty where there is none. */
  readonly authorization: string
}

export interface RouteAnswer {
  readonly status: number
  /** Media type, where it is not that of the body. */
  readonly type?: string
  readonly body: string | Readonly<Record<string, unknown>>
}

export class HttpServer {
  readonly #app: FastifyInstance

  constructor(routes: readonly Route[]) {
    this.#app = fastify({ logger: false, bodyLimit: 1024 * 1024, requestTimeout: 10_000 })
    // A body of a type that no route knows is read to its end and forgotten.
    this.#app.addContentTypeParser('*', (_request, payload, done) => {
      payload.resume()
      payload.on('end', () => done(null))
      payload.on('error', done)
    })
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

  #add({ method, path, answer }: Route): void {
    this.#app.route({
      method,
      url: path,
      handler: async ({ params, headers }, reply) => {
        const { authorization = '' } = headers
        const { status, type, body } = await answer({ params: params as Record<string, string>, authorization })
        if (type !== undefined) reply.type(type)
        return reply.code(status).send(body)
      },
    })
  }
}
