import type { Bearer } from '#features/clients/index.ts'
import type { Answers, MemberAnswer, Subject } from './answers.ts'

/** From where bundles are answered at this moment, and how old that is. */
export interface Source {
  readonly answers: Answers
  /** Null while the database answers; else its last confirmation (ms). */
  readonly staleSince: number | null
}

/** What is known of signed-in clients, and how old that is. */
export interface ClientAnswers {
  readonly staleSince: number | null
  /** Undefined: there is none yet. */
  readonly workspace: Workspace | undefined
  /** By the SHA-256 of the access token. */
  readonly bearer: (hash: string) => Bearer | undefined
  /** What the holder of a token gets; undefined: there is no such member or service account any more. */
  readonly outcome: (subject: Subject) => MemberAnswer | undefined
}

export interface Workspace {
  readonly id: string
  readonly name: string
}
