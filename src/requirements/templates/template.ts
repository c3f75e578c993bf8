/** A policy to start from. */
export interface Template {
  readonly id: string
  readonly name: string
  /** One line. */
  readonly about: string
  /** Whom it is for. */
  readonly for: string
  /** What it does, in plain words. */
  readonly does: readonly string[]
  /** What somebody might expect of it, and it does not do. */
  readonly doesNot: readonly string[]
  /** The requirements.toml, every setting with a comment. */
  readonly text: string
}
