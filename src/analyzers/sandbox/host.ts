import type { SandboxApi } from './api.ts'
import { hostKey } from './task-id.ts'

/** One host of a sandbox. */
export class SandboxHost {
  readonly name: string
  /** Stands for it in handles. */
  readonly key: string
  readonly api: SandboxApi

  constructor(url: string, api: SandboxApi) {
    this.name = api.name
    this.key = hostKey(url)
    this.api = api
  }
}
