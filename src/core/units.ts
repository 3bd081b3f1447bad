/** Durations and sizes as operators write them. */
const DURATIONS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const SIZES: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
}

/** Milliseconds of `90s`, `1.5h`, `4h`, `30d`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  return parseUnit(text, DURATIONS)
}

/** Bytes of `64KiB`, `2GiB`, `10MB`, `512B`; undefined for anything else. */
export function parseSize(text: string): number | undefined {
  return parseUnit(text, SIZES)
}

function parseUnit(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d{1,12}(?:\.\d{1,3})?) ?([A-Za-z]{1,3})$/.exec(text.trim())
  const factor = match?.[2] === undefined ? undefined : units[match[2]]
  return factor === undefined ? undefined : Math.round(Number(match?.[1]) * factor)
}
