import { join } from 'node:path'
import { runOk } from './run.ts'

/** Makes a self-signed certificate that lives a day, and returns its files. */
export async function makeCertificate(
  dir: string,
  host: string,
): Promise<{ readonly key: string; readonly cert: string }> {
  const key = join(dir, 'key.pem')
  const cert = join(dir, 'cert.pem')
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
  await runOk('/usr/bin/openssl', [
    ...['req', '-x509', '-nodes', ...curve, '-days', '1', '-subj', `/CN=${host}`],
    ...['-keyout', key, '-out', cert],
  ])
  return { key, cert }
}
