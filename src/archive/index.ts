/** One container → its members, all the way down, under one shared budget. */
export { Budget, LimitReached } from './budget.ts'
export {
  anomaly,
  ClosedFault,
  type FaultName,
  type Member,
  type MemberDraft,
  MemberFault,
  type MemberKind,
  memberOf,
  type OpenContext,
  type Opener,
} from './container.ts'
export { officeText } from './document/office-text.ts'
export { FORMATS, type Format, formatsOf } from './formats.ts'
export { type ArchiveLimit, type ArchiveLimits, STANDARD_LIMITS } from './limits.ts'
export { withoutMarkup } from './markup.ts'
export type { Candidate, OpenedWith, PasswordSource } from './password.ts'
export { passwordCandidates } from './password-candidates.ts'
export { createSevenZip, type SevenZip } from './seven-zip/seven-zip.ts'
export { type Opened, openTree, type Tree, type TreeDeps, type TreeNode, type TreeRoot, type Wanted } from './tree.ts'
