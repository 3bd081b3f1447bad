import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faults, memberNamed, open, openWithBytes } from './rig.ts'
import { inWorkshop, prose } from './tools.ts'

const LONG = `${'folder/'.repeat(30)}${'n'.repeat(120)}.txt`

test('every form of tar that GNU tar and bsdtar write gives its members', async () => {
  const forms = await inWorkshop((shop) => {
    shop.put('a.txt', prose('a', 5000))
    shop.put('dir/ü.txt', prose('u', 600))
    const gnu = ['v7', 'oldgnu', 'gnu', 'ustar', 'posix'].map((form) =>
      shop.run('tar', `--format=${form}`, '-cf', '-', 'a.txt', 'dir'),
    )
    const bsd = ['ustar', 'pax', 'gnutar'].map((form) =>
      shop.run('bsdtar', `--format=${form}`, '-cf', '-', 'a.txt', 'dir'),
    )
    return [...gnu, ...bsd]
  })

  for (const content of forms) {
    const { tree, textOf } = await openWithBytes(content)
    assert.equal(textOf('a.txt'), prose('a', 5000).toString())
    assert.equal(textOf('dir/ü.txt'), prose('u', 600).toString())
    assert.equal(memberNamed(tree, 'dir/').kind, 'dir')
    assert.deepEqual(tree.nodes.flatMap(faults).concat(faults(tree.root)), [])
  }
})

test('long names are whole in the forms that have them', async () => {
  const forms = await inWorkshop((shop) => {
    shop.put(LONG, 'x')
    return ['gnu', 'posix'].map((form) => shop.run('tar', `--format=${form}`, '-cf', '-', LONG))
  })

  for (const content of forms) assert.equal(memberNamed(await open(content), LONG).storedPath, LONG)
})

test('sparse files are whole, with zeros where nothing was kept', async () => {
  const { forms, whole } = await inWorkshop((shop) => {
    shop.run(
      'sh',
      '-c',
      'truncate -s 3000000 s; for at in 5000 700000 1400000 2100000 2800000; do echo data$at | dd of=s bs=1 seek=$at conv=notrunc status=none; done',
    )
    const gnu = shop.run('tar', '--format=gnu', '-cSf', '-', 's')
    const pax = ['0.0', '0.1', '1.0'].map((version) =>
      shop.run('tar', '--format=posix', `--sparse-version=${version}`, '-cSf', '-', 's'),
    )
    return { forms: [gnu, ...pax], whole: shop.read('s') }
  })

  for (const content of forms) {
    const { tree, bytes } = await openWithBytes(content)
    assert.equal(memberNamed(tree, 's').declaredSize, 3_000_000)
    assert.ok(bytes.get('1/1')?.equals(whole))
  }
})

test('links and devices are told, and where they lead', async () => {
  const tree = await inWorkshop((shop) => {
    shop.put('a', 'x')
    shop.run('sh', '-c', 'ln -s /etc/passwd soft; ln a hard; mkfifo pipe')
    return open(shop.run('tar', '-cf', '-', 'a', 'soft', 'hard', 'pipe'))
  })

  assert.deepEqual(
    tree.nodes.map((node) => [node.name, node.kind, ...faults(node)]),
    [
      ['a', 'file'],
      ['soft', 'symlink', 'link'],
      ['hard', 'symlink', 'link'],
      ['pipe', 'device', 'device'],
    ],
  )
  assert.ok(
    memberNamed(tree, 'soft').names.some(({ value, origin }) => value === '/etc/passwd' && origin === 'tar.link'),
  )
})

test('a cut tar file gives what is there, and says so', async () => {
  const whole = await inWorkshop((shop) => {
    shop.put('a.txt', prose('a', 5000))
    return shop.run('tar', '-cf', '-', 'a.txt')
  })

  const { tree, bytes } = await openWithBytes(whole.subarray(0, 3000))

  assert.deepEqual(bytes.get('1/1'), prose('a', 5000).subarray(0, 3000 - 512))
  assert.deepEqual(faults(memberNamed(tree, 'a.txt')), ['truncated', 'truncated'])
})

test('a damaged header hides only its own member', async () => {
  const content = await inWorkshop((shop) => {
    for (const name of ['a', 'b', 'c']) shop.put(name, prose(name, 700))
    return shop.run('tar', '-cf', '-', 'a', 'b', 'c')
  })
  content.fill(0xff, 3 * 512, 3 * 512 + 100)

  const tree = await open(content)

  assert.deepEqual(
    tree.nodes.map(({ name }) => name),
    ['a', 'c'],
  )
  assert.deepEqual(faults(tree.root), ['corrupt'])
})

test('what lies after the end of a tar file is a member without a name', async () => {
  const content = await inWorkshop((shop) => {
    shop.put('a', 'x')
    return Buffer.concat([shop.run('tar', '-cf', '-', 'a'), Buffer.from('appended')])
  })

  const { tree, bytes } = await openWithBytes(content)

  assert.deepEqual(faults(tree.root), ['appended-data'])
  assert.equal(bytes.get('1/2')?.toString().replace(/\0+$/, ''), 'appended')
})

test('a size that nobody can have is a cut file', async () => {
  const content = await inWorkshop((shop) => {
    shop.put('a', 'x')
    return shop.run('tar', '--format=gnu', '-cf', '-', 'a')
  })
  content.write('77777777777\0', 124)
  let sum = 256
  for (let i = 0; i < 512; i++) if (i < 148 || i >= 156) sum += content[i] ?? 0
  content.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)

  const tree = await open(content)

  assert.equal(memberNamed(tree, 'a').declaredSize, 0o77777777777)
  assert.ok(faults(tree.root).includes('truncated'))
})
