/**
 * How much a text looks like one that somebody wrote, by the letters that are frequent in each script. Only for texts of the same bytes
 * read in different charsets: the one with the highest value is the likeliest.
 */

import { type Alphabet, ARABIC, CYRILLIC, GREEK, HEBREW, LATIN, type LatinLanguage, THAI } from './alphabet.ts'

/** Marks that stand in names written by word processors. */
const MARKS = new Set('–—’‘“”„…•€§°«»')
/** Han as written in the People's Republic: function words and what files are called. */
const SIMPLIFIED = new Set(
  '的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运单附档案测试邮档票订购发货简历请假联系介绍同意同通知附件报告合同计划总结样本说明',
)
/** Han as written in Taiwan and Hong Kong, where it differs or is frequent. */
const TRADITIONAL = new Set(
  '的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心本前開但因只從想實日者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直資命山金指許統區保至隊形社空決書聽達強難權設式路記品告類求據程邊張該交規萬取術領共確傳師觀清今切院識帶導運單附檔案測試郵票訂購貨簡歷請假聯繫介紹通知報告合約計劃說明',
)
/** Han that Japanese names of files have. */
const JAPANESE = new Set(
  '日本語文書報告請求資料会議添付見積契約画像写真一覧表年月次第回分議事録仕様案内申込用紙名前新規更新最終版提出確認依頼注文納品領収書株式会社東京大学試験設計図面計画説明人出者事中行同上立国時今社田場間高発問員対部合体定学動内長方的意後話知全実使始業気物前経言関数連絡先送受',
)
/** Frequent syllables of Korean and what files are called. */
const HANGUL = new Set(
  '이다는의가을에한하고로은지사도를기시대자어리인해서일나정보과그수있스장전니원제부라주아와적동으만오성상관계공조안구게여들신경국비했문화소유지생연세결통면마행치미진려무선업내위발단재모회중연산우년월합각요당파첨견양명표품테트명세약서한글',
)

type Weigh = (char: string, before: string, after: string, language: LatinLanguage | undefined) => number

interface Script {
  readonly from: number
  readonly to: number
  readonly weigh: Weigh
}

const SCRIPTS: readonly Script[] = [
  { from: 0x80, to: 0x9f, weigh: () => -8 },
  { from: 0xa0, to: 0x17f, weigh: western },
  { from: 0x218, to: 0x21b, weigh: western },
  { from: 0x384, to: 0x3ce, weigh: (char, before, after) => letter(GREEK, char, before, after) },
  { from: 0x400, to: 0x491, weigh: (char, before, after) => letter(CYRILLIC, char, before, after) },
  { from: 0x5d0, to: 0x5ea, weigh: (char, before, after) => letter(HEBREW, char, before, after) },
  { from: 0x621, to: 0x6d2, weigh: (char, before, after) => letter(ARABIC, char, before, after) },
  { from: 0xe01, to: 0xe59, weigh: (char, before, after) => letter(THAI, char, before, after) },
  { from: 0x2010, to: 0x20ac, weigh: (char) => (MARKS.has(char) ? 1 : -2) },
  { from: 0x2116, to: 0x2116, weigh: () => 1 },
  { from: 0x3000, to: 0x3020, weigh: () => 1 },
  { from: 0x3040, to: 0x30ff, weigh: () => 4 },
  { from: 0x4e00, to: 0x9fff, weigh: han },
  { from: 0xac00, to: 0xd7a3, weigh: (char) => (HANGUL.has(char) ? 6 : -1) },
  { from: 0xe000, to: 0xf8ff, weigh: () => -16 },
  { from: 0xff01, to: 0xff5e, weigh: () => 1 },
  { from: 0xff61, to: 0xff9f, weigh: () => -1 },
]

/** The likelihood of a text per byte that is no ASCII. `highBytes`: how many bytes that were; `label`: the charset that it is read in. */
export function likelihood(text: string, highBytes: number, label: string): number {
  let sum = structureOf(text)
  const language = latinOf(text)
  const chars = [...text]
  for (const [i, char] of chars.entries()) {
    const code = char.codePointAt(0) ?? 0
    if (code < 0x80) continue
    const script = SCRIPTS.find(({ from, to }) => code >= from && code <= to)
    sum += script === undefined ? -3 : script.weigh(char, chars[i - 1] ?? '', chars[i + 1] ?? '', language)
  }
  // GBK and Big5 hold kana too, but nobody writes only kana in Chinese; Shift-JIS and EUC-JP are for them.
  if (/^(gb|big5)/.test(label) && /[\u3040-\u30ff]/.test(text)) sum -= highBytes
  if (/^(shift_jis|euc-jp)$/.test(label) && /[\u3041-\u3096\u30a1-\u30fa]/.test(text)) sum += highBytes
  // Nobody writes mail in these but old systems.
  if (/^(ibm866|iso-8859-5)$/.test(label)) sum -= highBytes / 2
  sum += languageOf(text, label)
  return sum / Math.max(1, highBytes)
}

/** Han that are frequent in the language which the charset is for. */
function languageOf(text: string, label: string): number {
  const frequent = FREQUENT[label]
  if (frequent === undefined) return 0
  let sum = 0
  for (const char of text) if (frequent.has(char)) sum += 5
  return sum
}

const FREQUENT: Readonly<Record<string, ReadonlySet<string>>> = {
  gb18030: SIMPLIFIED,
  big5: TRADITIONAL,
  shift_jis: JAPANESE,
  'euc-jp': JAPANESE,
}

function han(): number {
  return 0.5
}

/** A letter of an alphabet that has no other letters in its words. */
function letter({ letters }: Alphabet, char: string, before: string, after: string): number {
  const found = letters.get(char)
  if (found === undefined || isAsciiLetter(before) || isAsciiLetter(after)) return found === undefined ? -4 : -3
  const { weight, isCapital, isFinal, isMark } = found
  const last = letters.get(before)
  const isLast = !letters.has(after)
  if (isFinal && (!isLast || last === undefined)) return -3
  if (isMark && last === undefined) return -4
  if (!isCapital) return isLast && last === undefined ? weight / 3 : weight
  // KOI8-R and windows-1251 have capital and small letters the other way round.
  if (last?.isCapital === false) return -4
  return last !== undefined || isLast ? weight / 3 : weight * 0.6
}

function isAsciiLetter(char: string): boolean {
  const code = char.charCodeAt(0) | 0x20
  return code >= 0x61 && code <= 0x7a
}

/** Words are as long as they can be said; capital letters go with a capital extension. */
function structureOf(text: string): number {
  if (!/[\u0386-\u0491]{2}/.test(text)) return 0
  let sum = /\.[A-Z]{2,4}$/.test(text) && /[А-ЯΑ-Ω]{2}/.test(text) ? 3 * text.length : 0
  for (const [word] of text.matchAll(/[\u0386-\u03ce]{3,}|[\u0400-\u0491]{3,}/g)) {
    const { vowels } = word.charCodeAt(0) < 0x400 ? GREEK : CYRILLIC
    let run = 0
    let hasVowel = false
    for (const [i, char] of [...word].entries()) {
      const isVowel = vowels.has(char)
      hasVowel ||= isVowel
      run = i > 0 && isVowel === vowels.has(word[i - 1] ?? '') ? run + 1 : 1
      if (run > 2) sum -= 2
    }
    if (!hasVowel) sum -= 4
  }
  return sum
}

/** The language to whose letters those of the text fit best. */
function latinOf(text: string): LatinLanguage | undefined {
  const letters = text.match(/[\u00a1-\u017f\u0218-\u021b]/g)
  if (letters === null) return undefined
  let best: { readonly language: LatinLanguage; readonly value: number } | undefined
  for (const language of LATIN) {
    let value = 0
    for (const each of letters) if (language.letters.has(each)) value += language.weight
    if (best === undefined || value > best.value) best = { language, value }
  }
  return best?.language
}

function western(char: string, before: string, after: string, language: LatinLanguage | undefined): number {
  if (MARKS.has(char)) return 1
  if (language === undefined || !language.letters.has(char)) return isLatinLetter(char) ? -1 : -3
  if (/[a-z]/.test(before) && char !== char.toLowerCase() && char !== 'İ') return -3
  if (/[A-Za-z]/.test(before + after)) return language.weight
  // A run of accented letters is a word of another script.
  return before >= '\x80' ? -1 : 2.5
}

function isLatinLetter(char: string): boolean {
  return LATIN.some(({ letters }) => letters.has(char))
}
