import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import test from 'node:test'
import { extractLine } from '../../src/cli/extract-line.ts'
import { extract, read, sha256 } from './read.ts'

const folder = new URL('golden/', import.meta.url)
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.eml'))
  .map((name) => name.slice(0, -4))

function mail(name: string): Buffer {
  return readFileSync(new URL(`${name}.eml`, folder))
}

for (const name of names) {
  test(`${name}.eml is read as ${name}.expected.json says`, async () => {
    const expected = JSON.parse(readFileSync(new URL(`${name}.expected.json`, folder), 'utf8'))

    assert.deepEqual(extractLine(`${name}.eml`, await read(mail(name))), expected)
  })

  test(`every sample of ${name}.eml comes out of the message again with its digest`, async () => {
    for (const sample of (await read(mail(name))).attachments)
      assert.equal(sha256(await extract(mail(name), sample.path)), sample.sha256, sample.path)
  })
}

/** Prints, for each file, the digest of each part that Python takes for no multipart. */
const PYTHON = `
import email, email.policy, hashlib, json, sys
found = {}
for path in sys.argv[1:]:
    message = email.message_from_bytes(open(path, 'rb').read(), policy=email.policy.default)
    parts = [p for p in message.walk() if not p.is_multipart()]
    found[path] = [[p.get_filename() or '', hashlib.sha256(p.get_payload(decode=True) or b'').hexdigest()] for p in parts]
print(json.dumps(found))
`

test("what Python's email package sees in the golden mails, we see, with the same name", async () => {
  const paths = names.map((name) => new URL(`${name}.eml`, folder).pathname)

  const { stdout, stderr, status } = spawnSync('/usr/bin/python3', ['-c', PYTHON, ...paths], { encoding: 'utf8' })

  assert.equal(status, 0, stderr)
  const seen = Object.entries(JSON.parse(stdout) as Record<string, [string, string][]>)
  assert.equal(seen.length, names.length)
  for (const [path, parts] of seen) {
    const { attachments, bodies } = await read(readFileSync(path))
    for (const [name, digest] of parts) {
      const samples = attachments.filter((each) => each.sha256 === digest)
      if (name === '') assert.ok(samples.length > 0 || isBody(bodies, digest) || isInner(path), `${path} ${digest}`)
      // Python has no name where an RFC 2231 name is in two charsets.
      else if (name.includes('\ufffd')) assert.ok(samples.length > 0, `${path} ${digest}`)
      else
        assert.ok(
          samples.some((each) => each.names.some(({ value }) => value === name)),
          `${path} ${name}`,
        )
    }
  }
})

function isBody(bodies: readonly { sha256: string }[], digest: string): boolean {
  return bodies.some((body) => body.sha256 === digest)
}

/** The texts of messages within the message are part of that sample and no samples of their own. */
function isInner(path: string): boolean {
  return /(nested-message|digest|bounce)\.eml$/.test(path)
}
