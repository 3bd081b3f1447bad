// The tests use real programs of Debian. As root on Debian they are installed here; anybody else is told what to install.
// Plain JavaScript: it runs with whatever Node there is.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Debian package → a file that shows it is there, and what needs it. */
const packages = {
  postfix: '/usr/sbin/postfix',
  python3: '/usr/bin/python3',
  file: '/usr/bin/file',
  'libmime-tools-perl': '/usr/share/perl5/MIME/Parser.pm',
  procps: '/usr/bin/pgrep',
  debootstrap: '/usr/sbin/debootstrap',
  iproute2: '/usr/bin/ip',
  git: '/usr/bin/git',
  miltertest: '/usr/bin/miltertest',
  'libmilter-dev': '/usr/include/libmilter/mfapi.h',
  'python3-milter': '/usr/lib/python3/dist-packages/Milter/__init__.py',
  gcc: '/usr/bin/gcc',
  'libc6-dev': '/usr/include/stdio.h',
  'libssl-dev': '/usr/include/openssl/sha.h',
  openssl: '/usr/bin/openssl',
  gpg: '/usr/bin/gpg',
  sharutils: '/usr/bin/uuencode',
  uudeview: '/usr/bin/uuenview',
  macutils: '/usr/bin/binhex',
  zip: '/usr/bin/zip',
  '7zip': '/usr/bin/7zz',
  'libarchive-tools': '/usr/bin/bsdtar',
  'xz-utils': '/usr/bin/xz',
  zstd: '/usr/bin/zstd',
  ncompress: '/usr/bin/compress',
  bzip2: '/usr/bin/bzip2',
  gcab: '/usr/bin/gcab',
  arj: '/usr/bin/arj',
  genisoimage: '/usr/bin/genisoimage',
  mtools: '/usr/bin/mcopy',
  cpio: '/usr/bin/cpio',
  lzip: '/usr/bin/lzip',
  e2fsprogs: '/sbin/mke2fs',
  rpm: '/usr/bin/rpmbuild',
  'squashfs-tools': '/usr/bin/mksquashfs',
  wimtools: '/usr/bin/wimlib-imagex',
  'qemu-utils': '/usr/bin/qemu-img',
  wixl: '/usr/bin/wixl',
  qpdf: '/usr/bin/qpdf',
  'clamav-daemon': '/usr/sbin/clamd',
  clamdscan: '/usr/bin/clamdscan',
  'clamav-testfiles': '/usr/share/clamav-testfiles/clam.zip',
  rsync: '/usr/bin/rsync',
  'mariadb-server': '/usr/sbin/mariadbd',
  'galera-4': '/usr/lib/galera/libgalera_smm.so',
  'util-linux': '/usr/bin/unshare',
  systemd: '/usr/bin/systemd-notify',
  ansible: '/usr/bin/ansible-playbook',
  'ansible-lint': '/usr/bin/ansible-lint',
  yamllint: '/usr/bin/yamllint',
}

const missing = Object.keys(packages).filter((name) => !existsSync(packages[name]))
if (missing.length > 0) {
  const mayInstall = process.getuid?.() === 0 && existsSync('/etc/debian_version')
  if (!mayInstall) {
    console.error(`peekaboo: the tests need Debian's packages: apt-get install ${missing.join(' ')}`)
    process.exit(1)
  }
  console.error(`peekaboo: installing Debian's packages for the tests: ${missing.join(' ')} …`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const run = (...args) => spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
  const install = () => run('install', '-y', '--no-install-recommends', '-qq', ...missing)
  if (!install() && !(run('update', '-qq') && install())) {
    console.error(`peekaboo: apt-get could not install ${missing.join(' ')}: see above`)
    process.exit(1)
  }
}
