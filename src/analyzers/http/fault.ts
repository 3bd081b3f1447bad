/** What can go wrong with one HTTP call, and whether the other side may have acted on it all the same. */
import { Fault } from '../../core/index.ts'

/** Why a call came to no answer. */
export type HttpTrouble = 'unreachable' | 'tls' | 'late' | 'lost' | 'too-large' | 'redirect'

/** A call that came to no answer. Its text holds addresses and reasons, never a header. */
export class HttpFault extends Fault {
  readonly trouble: HttpTrouble

  constructor(trouble: HttpTrouble, detail: string, options?: ErrorOptions) {
    super(trouble === 'unreachable' || trouble === 'tls' ? 'analyzer-unavailable' : 'analyzer-failed', detail, options)
    this.trouble = trouble
  }

  /** Whether the request may have been carried out although no answer came. */
  get mayHaveActed(): boolean {
    return this.trouble !== 'unreachable' && this.trouble !== 'tls'
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there: does the service run, and is this its port?',
  ENOTFOUND: 'the name of the host is not known',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network of the host cannot be reached',
  ETIMEDOUT: 'the host does not answer',
  EPROTO: 'it does not speak TLS as we do: is https right for this port?',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS: write http:// instead of https://, or mend the port',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself: name it (or who signed it) in ca:',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by somebody whom nobody knows: name that certificate in ca:',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'nobody knows who signed its certificate: name that certificate in ca:',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'nobody knows who signed its certificate: name that certificate in ca:',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name than that in the URL',
}

/** The fault that an error of Node's sockets stands for. */
export function faultOf(error: NodeJS.ErrnoException, isConnected: boolean): HttpFault {
  const code = error.code ?? ''
  const why = REMEDIES[code] ?? (code || error.message)
  if (/CERT|TLS|SSL|EPROTO|ISSUER|VERIFY|SIGNED/.test(code)) return new HttpFault('tls', why, { cause: error })
  if (isConnected) return new HttpFault('lost', `the connection was lost (${code || error.message})`, { cause: error })
  return new HttpFault('unreachable', why, { cause: error })
}
