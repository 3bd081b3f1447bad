/** Words of a message that may be the password of what is attached to it, the best first. */

/** What people call it; with `_` for any blank. */
const WORDS = [
  ...[
    'password',
    'pass_word',
    'passcode',
    'pass_code',
    'passphrase',
    'passwd',
    'pass',
    'pwd',
    'pw',
    'psw',
    'pin',
    'pin_code',
    'key',
    'code',
  ],
  ...['passwort', 'kennwort', 'zugangscode', 'öffnungscode', 'schlüssel', 'losung'],
  ...[
    'mot_de_passe',
    'mdp',
    'contraseña',
    'contrasena',
    'clave',
    'senha',
    'palavra_passe',
    'parola',
    'parola_d’ordine',
  ],
  ...['wachtwoord', 'lösenord', 'adgangskode', 'kodeord', 'passord', 'salasana', 'parool', 'parole', 'slaptažodis'],
  ...[
    'hasło',
    'haslo',
    'heslo',
    'jelszó',
    'jelszo',
    'geslo',
    'lozinka',
    'šifra',
    'parolă',
    'şifre',
    'sifre',
    'şifresi',
  ],
  ...[
    'пароль',
    'парола',
    'лозинка',
    'κωδικός',
    'סיסמה',
    'كلمة_المرور',
    '密码',
    '密碼',
    'パスワード',
    '비밀번호',
    '암호',
    'mật_khẩu',
  ],
]
const KEYWORD = new RegExp(
  String.raw`(?<![\p{L}\p{N}])(?:${WORDS.map((word) => word.replaceAll('_', '[\\s_-]?')).join('|')})(?![\p{Ll}])`,
  'giu',
)
/** Between the word and the password: a few short words, a colon, an arrow. */
const BETWEEN =
  /^[\s\p{P}\p{S}]{0,8}?(?:\s{0,3}(?:is|ist|lautet|lauten|est|es|é|är|er|on|to|jest|je|for|für|für den|file|archive|zip|dokument|document|datei|anhang|attachment|the|open|öffnen|:|=|-|–|→|>|：)(?=[\s:=>：]|$)){0,6}[\s:=>→：–-]{0,8}/iu
const QUOTED = /["“”„«»`']([^"“”„«»`'\r\n]{2,60})["“”„«»`']/gu
const MAX_TEXT = 256 * 1024
const MAX_CANDIDATES = 100
const MAX_HITS = 200
/** Weight of what follows a keyword at the least. */
const SAID = 60
const MAX_SAID = 5

/**
 * Candidates from texts (subject, bodies without markup, other attachments) and from the names of attachments. Pure, linear in the texts;
 * at most a hundred.
 */
export function passwordCandidates(texts: readonly string[], names: readonly string[]): readonly string[] {
  return candidatesOf(texts, names).map(([word]) => word)
}

/** Only what is said to be a password, of a note or a name among many. */
export function saidPasswords(text: string, name: string): readonly string[] {
  const found = candidatesOf(text === '' ? [] : [text], [name]).filter(([, weight]) => weight >= SAID)
  return found.slice(0, MAX_SAID).map(([word]) => word)
}

function candidatesOf(texts: readonly string[], names: readonly string[]): (readonly [string, number])[] {
  const found = new Map<string, number>()
  const add = (word: string, weight: number) => {
    for (const form of formsOf(word)) found.set(form, Math.max(found.get(form) ?? 0, weight))
  }
  for (const text of texts) {
    const clipped = text.slice(0, MAX_TEXT)
    afterKeywords(clipped, add)
    inQuotes(clipped, add)
    mixedWords(clipped, add)
  }
  for (const name of names) inName(name, add)
  return [...found].sort((a, b) => b[1] - a[1]).slice(0, MAX_CANDIDATES)
}

type Add = (word: string, weight: number) => void

/** What follows the keyword, on its line or alone on the next; and the last word of the line. */
function afterKeywords(text: string, add: Add): void {
  let hits = 0
  for (const match of text.matchAll(KEYWORD)) {
    if (++hits > MAX_HITS) return
    const rest = text.slice(match.index + match[0].length, match.index + match[0].length + 300)
    const [line = '', next = '', third = ''] = rest.split(/\r?\n/)
    const after = line.replace(BETWEEN, '')
    const [quoted] = [...line.matchAll(QUOTED)]
    if (quoted?.[1] !== undefined) add(quoted[1], 100)
    const [first = '', second = ''] = after.split(/\s+/)
    if (first !== '') add(first, /[\p{N}\p{P}\p{S}]/u.test(first) ? 95 : 85)
    if (second !== '') add(second, 40)
    if (after !== '' && after.length <= 60) add(after, 60)
    const last = line.trim().split(/\s+/).at(-1) ?? ''
    if (last !== '') add(last, 70)
    if (after.trim() === '') {
      const below = (next.trim() || third.trim()).slice(0, 60)
      if (below !== '') add(below, 90)
      add(below.split(/\s+/)[0] ?? '', 88)
    }
  }
}

function inQuotes(text: string, add: Add): void {
  let hits = 0
  for (const [, inner = ''] of text.matchAll(QUOTED)) {
    if (++hits > MAX_HITS) return
    if (!/\s/.test(inner)) add(inner, 50)
  }
}

/** Letters with digits or signs among them, as nobody writes but in passwords and order numbers. */
function mixedWords(text: string, add: Add): void {
  let hits = 0
  for (const [word] of text.matchAll(/[^\s<>"“”„«»]{4,32}/gu)) {
    const bare = word.replace(/^[([]+|[.,;:!?)\]]+$/g, '')
    if (!/\p{N}/u.test(bare) || /^(?:https?:|www\.)|@|\//i.test(bare)) continue
    if (++hits > MAX_HITS) return
    add(bare, /\p{L}/u.test(bare) ? 30 : 20)
  }
}

/** Names such as `invoice_pw_1234.zip`, and the name itself. */
function inName(name: string, add: Add): void {
  const stem = name.slice(0, 256).replace(/(?:\.\w{1,5}){1,2}$/, '')
  const told = /(?:pw|pwd|pass|password|passwort|pin|code)[\s_=-]*([^\s_]{3,40})$/i.exec(stem)?.[1]
  if (told !== undefined) add(told, 80)
  add(stem, 15)
  for (const part of stem.split(/[\s_.-]+/)) if (/\d{3,}/.test(part)) add(part, 12)
}

/** The word, and the word without the punctuation that ends a sentence or encloses it. */
function formsOf(word: string): string[] {
  const plain = word.normalize('NFC').trim()
  const bare = plain.replace(/^["“”„«»`'([{<*_]+/, '').replace(/["“”„«»`')\]}>*_.,;:!?。]+$/, '')
  const forms = bare === '' ? [] : bare === plain ? [plain] : [bare, plain]
  return forms.filter((form) => form.length >= 2 && form.length <= 64)
}
