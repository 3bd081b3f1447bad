/** Files of sections and keys: several of them make Windows fetch or run something as soon as somebody looks at their folder. */

/** Section of the first lines, what must follow somewhere, and the type. */
const SECTIONS: readonly (readonly [section: RegExp, key: RegExp, type: string])[] = [
  [/^\[InternetShortcut(?:\.[AW])?\]/im, /^\s*URL\s*=/im, 'application/x-mswinurl'],
  [/^\[DEFAULT\]\s*\r?\nBASEURL=/im, /^\[InternetShortcut/im, 'application/x-mswinurl'],
  [/^\[Shell\]/im, /^\s*(?:Command|IconFile)\s*=/im, 'application/x-windows-scf'],
  [/^\[\.ShellClassInfo\]/im, /=/, 'application/x-windows-desktop-ini'],
  [/^\[ScriptFile\]/im, /^\s*Path\s*=/im, 'application/x-windows-scriptfile'],
  [
    /^\[(?:Theme|VisualStyles)\]/im,
    /^\s*(?:DisplayName|Path|BrandImage|ColorStyle)\s*=/im,
    'application/x-windows-theme',
  ],
  [
    /^\[AutoRun(?:\.\w{1,10})?\]/im,
    /^\s*(?:open|shellexecute|icon|action|shell\\)[^=\r\n]{0,40}=/im,
    'application/x-autorun-inf',
  ],
  [/^\[Version\]/im, /^\s*Signature\s*=\s*"?\$(?:CHICAGO|WINDOWS NT|WINDOWS 95)\$/im, 'application/x-setup-inf'],
  [/^\[DefaultInstall/im, /=/, 'application/x-setup-inf'],
  [/^\[(?:WFClient|ApplicationServers)\]/im, /=/, 'application/x-ica'],
  [/^\[Desktop Entry\]/im, /=/, 'application/x-desktop'],
]
/** Comments and sections that may stand before the telling one. */
const SECTION = /^\s*\[[^\]\r\n]{1,100}\]\s*$/m
const LINE = /^\s*(?:[;#][^\r\n]*|\[[^\]\r\n]{1,100}\]\s*|[^\s=:[][^=\r\n]{0,200}=[^\r\n]*|)$/

/** Types of such files; none where the text is none. */
export function iniTypes(text: string): string[] {
  if (!text.includes('[') || !SECTION.test(text)) return []
  const types = SECTIONS.filter(([section, key]) => section.test(text) && key.test(text)).map(([, , type]) => type)
  if (types.length > 0) return [...new Set(types)]
  const lines = text.slice(0, 2048).split(/\r?\n/).slice(0, 20)
  const first = lines.find((line) => line.trim() !== '' && !/^\s*[;#]/.test(line)) ?? ''
  const isIni = /^\s*\[[^\]]{1,100}\]\s*$/.test(first) && lines.slice(0, -1).every((line) => LINE.test(line))
  return isIni && lines.some((line) => line.includes('=')) ? ['text/x-ini'] : []
}
