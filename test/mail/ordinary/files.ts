/** Files that people attach: the right beginning, then bytes without meaning. */
import { bytesOf, textOf } from '../generate/case.ts'
import type { FileOf } from './build.ts'

type Row = readonly [name: string, type: string, magic: string | undefined, size: number]

const ROWS: readonly Row[] = [
  ['report.pdf', 'application/pdf', '%PDF-1.7\n', 9000],
  ['Übersicht März.pdf', 'application/pdf', '%PDF-1.4\n', 700],
  ['offer.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'PK\x03\x04', 4000],
  ['figures.xls', 'application/vnd.ms-excel', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 3000],
  ['image001.png', 'image/png', '\x89PNG\r\n\x1a\n', 1200],
  ['IMG_0421.jpeg', 'image/jpeg', '\xff\xd8\xff\xe0\0\x10JFIF\0', 15_000],
  ['notes.txt', 'text/plain', undefined, 600],
  ['見積書.pdf', 'application/pdf', '%PDF-1.5\n', 300],
  ['отчёт.doc', 'application/msword', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 2000],
  ['list.csv', 'text/csv', undefined, 900],
  ['archive.zip', 'application/zip', 'PK\x03\x04', 5000],
  ['page.html', 'text/html', '<html><body><p>Hello</p>', 60],
  ['Invoice (1) - final.PDF', 'application/octet-stream', '%PDF-1.3\n', 100],
  ['voice.wav', 'audio/wav', 'RIFF\0\0\0\0WAVE', 2500],
  ["Jörg's list; new.xlsx", 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'PK\x03\x04', 45],
  ['key.asc', 'application/pgp-keys', '-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n\r\n', 200],
  ['data.bin', 'application/octet-stream', '', 31],
]

/** All files. */
export const FILES: readonly FileOf[] = ROWS.map(([name, type, magic, size]) => ({
  name,
  type,
  bytes:
    magic === undefined ? textOf(name, size) : Buffer.concat([Buffer.from(magic, 'latin1'), filling(type, name, size)]),
}))

function filling(type: string, name: string, size: number): Buffer {
  return /^text|pgp/.test(type) ? textOf(name, size) : bytesOf(name, size)
}
