/** Which test runs a command of the pages: by how the command begins, the test's file and a text in it that shows so. */
export interface Runner {
  readonly command: RegExp
  readonly file: string
  readonly by: string
}

const MAIL_HOST = 'test/long/ansible-postfix.long.ts'

export const RUNNERS: readonly Runner[] = [
  { command: /^npm start\b/, file: 'test/long/bare/probe.mjs', by: "'start'" },
  { command: /^npm test$/, file: '.ci/run', by: 'npm test' },
  { command: /^npm run package$/, file: 'test/long/package.long.ts', by: 'src/package.mjs' },
  { command: /^cd ansible$/, file: 'test/ansible/lint.test.ts', by: "'../../ansible/'" },
  { command: /^ansible-doc /, file: 'test/ansible/lint.test.ts', by: "'ansible-doc'" },
  { command: /^ansible-playbook .*one-node\.yml$/, file: 'test/long/ansible.long.ts', by: 'examples/one-node.yml' },
  { command: /^(postconf|postfix) /, file: MAIL_HOST, by: "'README.md'" },
  { command: /^(install|mkdir|printf) /, file: MAIL_HOST, by: "'docs/install.md'" },
  {
    command: /^(journalctl|\/opt\/peekaboo-milter\/current\/bin\/peekaboo) /,
    file: MAIL_HOST,
    by: "'docs/first-hour.md'",
  },
  // The page on installing is run as it stands.
  {
    command: /^(apt-get|sha256sum|mkdir|tar|ln|cp|systemd-sysusers|echo|systemctl|\/opt\/peekaboo-milter)/,
    file: 'test/long/bare-debian.long.ts',
    by: 'docs/install.md',
  },
]

/** Our own command: which test runs each of its parts. */
export const OWN: Readonly<Record<string, string>> = {
  analysis: 'test/cli/operator.test.ts',
  analyzers: 'test/cli/analyzers.test.ts',
  brake: 'test/cli/operator.test.ts',
  config: 'test/cli/config.test.ts',
  doctor: 'test/cli/doctor.test.ts',
  extract: 'test/cli/extract.test.ts',
  facts: 'test/cli/facts.test.ts',
  import: 'test/cli/import/command.test.ts',
  messages: 'test/cli/operator.test.ts',
  override: 'test/cli/override.test.ts',
  ping: 'test/cli/ping.test.ts',
  quarantine: 'test/cli/quarantine.test.ts',
  replay: 'test/cli/replay.test.ts',
  rule: 'test/cli/operator.test.ts',
  rules: 'test/cli/rules.test.ts',
  scan: 'test/cli/scan.test.ts',
  store: 'test/cli/store.test.ts',
  why: 'test/cli/why.test.ts',
}
