import type { ReactNode } from 'react'
import { UnstyledButton } from '@mantine/core'
import type { Show } from './tried.ts'

interface Props {
  readonly line: number
  readonly from: number
  readonly onShow?: Show
  readonly children?: ReactNode
}

/** Where a rule stands, as a button where its text is beside it. */
export function RuleLine({ line, from, onShow, children }: Props) {
  return (
    <div className="gh-try-rule">
      {onShow ? (
        <UnstyledButton className="gh-try-line" onClick={() => onShow(from)}>
          line {line}
        </UnstyledButton>
      ) : (
        <span>line {line}</span>
      )}
      {children}
    </div>
  )
}
