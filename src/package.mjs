// Packs a release: compiled code, the packages that it needs at run time, the pinned runtime, rules, units and licences, so that it runs on a
// host without npm. The same tree gives the same bytes: names sorted, no owner, no time but that of the last commit.
// `node src/package.mjs [FOLDER]` writes FOLDER/peekaboo-milter-VERSION-linux-ARCH.tar.gz (FOLDER is `release/` if not said).
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const runtime = `node-linux-${process.arch}`
const release = `${name}-${version}-linux-${process.arch}`
const target = process.argv[2] ?? join(root, 'release')

/** As it runs in the tree: flags that the code counts on, and nobody may open a debugger in it by a signal. */
const START = `#!/bin/sh
# Runs the filter's command with the runtime that came with it.
here=$(dirname "$(readlink -f "$0")")/..
exec "$here/runtime/node" --disable-sigusr1 --initial-old-space-size=96 --max-semi-space-size=8 "$here/dist/main.js" "$@"
`

const staging = mkdtempSync(join(tmpdir(), 'peekaboo-release-'))
try {
  const tree = join(staging, release)
  console.error(`peekaboo: compiling and packing ${release} …`)
  run('tsc', '-p', join(root, 'tsconfig.build.json'), '--outDir', join(tree, 'dist'))
  for (const part of [
    'rules',
    'postfix',
    'docs',
    'LICENSE',
    'README.md',
    'ARCHITECTURE.md',
    'CHANGELOG.md',
    'package.json',
  ])
    copy(part, part)
  copy('ansible/roles/peekaboo_milter/files', 'systemd')
  const packages = packagesNeeded()
  for (const { path } of packages) copy(path, path)
  copy(`node_modules/${runtime}/bin/node`, 'runtime/node')
  copy(`node_modules/${runtime}/LICENSE`, 'runtime/LICENSE')
  writeFileSync(join(tree, 'THIRD-PARTY.md'), thirdParty(packages))
  mkdirSync(join(tree, 'bin'))
  writeFileSync(join(tree, 'bin/peekaboo'), START)
  chmodSync(join(tree, 'bin/peekaboo'), 0o755)
  const file = pack()
  const digest = createHash('sha256').update(readFileSync(file)).digest('hex')
  writeFileSync(`${file}.sha256`, `${digest}  ${release}.tar.gz\n`)
  console.log(file)

  function copy(from, to) {
    cpSync(join(root, from), join(tree, to), { recursive: true, verbatimSymlinks: true })
  }
} finally {
  rmSync(staging, { recursive: true, force: true })
}

/** What package-lock.json installs for use, not for development; the runtime comes without its headers. */
function packagesNeeded() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const needed = Object.entries(packages).filter(([path, { dev, optional }]) => path !== '' && !dev && !optional)
  return needed.map(([path, { version, license = 'see its folder' }]) => ({ path, version, license }))
}

function thirdParty(packages) {
  const rows = packages.map(({ path, version, license }) => {
    const texts = readdirSync(join(root, path)).filter((one) => /^(licen[cs]e|copying|notice)/i.test(one))
    return `| ${path.slice('node_modules/'.length)} | ${version} | ${license} | ${texts.map((one) => `${path}/${one}`).join(', ')} |`
  })
  const node = `| Node.js | ${process.versions.node} | MIT and others | runtime/LICENSE |`
  return [
    '# What is inside, by others',
    '',
    '| package | version | licence | text |',
    '|---|---|---|---|',
    ...rows,
    node,
    '',
  ].join('\n')
}

function pack() {
  mkdirSync(target, { recursive: true })
  const file = join(target, `${release}.tar.gz`)
  const time = process.env.SOURCE_DATE_EPOCH ?? commitTime()
  const plain = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', `--mtime=@${time}`, '--mode=u=rwX,go=rX']
  run('tar', ...plain, '--format=gnu', '-I', 'gzip -n6', '-cf', file, '-C', staging, release)
  return file
}

function commitTime() {
  if (!existsSync(join(root, '.git'))) return '0'
  return run('git', '-C', root, 'log', '-1', '--format=%ct').trim()
}

function run(program, ...args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (status === 0) return stdout
  console.error(`peekaboo: ${program} failed: ${error?.message ?? `${stdout}${stderr}`}`)
  process.exit(1)
}
