import './toml-editor.css'
import { lazy, Suspense, useCallback, useId, useRef } from 'react'
import { Button, UnstyledButton } from '@mantine/core'
import { IconAlertTriangle, IconCircleX } from '@tabler/icons-react'
import type { EditorView } from '@codemirror/view'
import { applyEdits, type EditorComplaint } from './complaint.ts'
import { Loading } from './states.tsx'

const code = () => import('./toml-code.tsx')
const TomlCode = lazy(() => code().then((m) => ({ default: m.TomlCode })))

export interface TomlEditorProps {
  readonly value: string
  readonly onChange?: (text: string) => void
  /** Complaints about exactly this `value`: from `checkRequirements(value)`. Left out: nothing is said of the text. */
  readonly complaints?: readonly EditorComplaint[]
  readonly readOnly?: boolean
  /** What the text is, for screen readers: "requirements.toml". */
  readonly label?: string
  readonly minHeight?: number
}
const none: readonly EditorComplaint[] = []

/** A policy's text with its complaints at their lines, and below it each of them in words with its remedy. */
export function TomlEditor(props: TomlEditorProps) {
  const { value, onChange, complaints = none, readOnly = onChange === undefined } = props
  const { label = 'requirements.toml', minHeight = 240 } = props
  const panel = useId()
  const view = useRef<EditorView>(undefined)
  const onView = useCallback((made: EditorView | undefined) => {
    view.current = made
  }, [])
  const jump = (complaint: EditorComplaint) => {
    void code().then(({ offsetOf }) => {
      const now = view.current
      if (!now) return
      const anchor = offsetOf(now.state.doc, complaint.line, complaint.column)
      now.dispatch({ selection: { anchor }, scrollIntoView: true })
      now.focus()
    })
  }
  return (
    <div className="gh-editor">
      <Suspense
        fallback={
          <div className="gh-editor-wait">
            <Loading lines={Math.floor(minHeight / 32)} />
          </div>
        }
      >
        <TomlCode
          value={value}
          onChange={onChange}
          complaints={complaints}
          readOnly={readOnly}
          label={label}
          describedBy={panel}
          minHeight={minHeight}
          onView={onView}
        />
      </Suspense>
      {props.complaints !== undefined && (
        <Complaints
          id={panel}
          complaints={complaints}
          onJump={jump}
          {...(readOnly || onChange === undefined
            ? {}
            : { onFix: (fix) => onChange(applyEdits(value, fix.edits)) })}
        />
      )}
    </div>
  )
}

interface ComplaintsProps {
  readonly id: string
  readonly complaints: readonly EditorComplaint[]
  readonly onJump: (complaint: EditorComplaint) => void
  readonly onFix?: (fix: NonNullable<EditorComplaint['fix']>) => void
}

function Complaints({ id, complaints, onJump, onFix }: ComplaintsProps) {
  const errors = complaints.filter(({ severity }) => severity === 'error').length
  const warnings = complaints.length - errors
  return (
    <div className="gh-complaints" id={id}>
      <p role="status" className="gh-complaints-sum">
        {complaints.length === 0
          ? 'No complaints'
          : [count(errors, 'error'), count(warnings, 'warning')].filter(Boolean).join(', ')}
      </p>
      {complaints.length > 0 && (
        <ul>
          {complaints.map((complaint, i) => (
            <li key={i} data-severity={complaint.severity}>
              {complaint.severity === 'error' ? (
                <IconCircleX size={16} aria-label="Error" />
              ) : (
                <IconAlertTriangle size={16} aria-label="Warning" />
              )}
              <div>
                <UnstyledButton className="gh-complaint-jump" onClick={() => onJump(complaint)}>
                  <span>
                    {complaint.line}:{complaint.column}
                  </span>{' '}
                  {complaint.message}
                </UnstyledButton>
                <div className="gh-complaint-more">
                  {complaint.effect} {complaint.remedy}
                </div>
              </div>
              {complaint.fix && onFix && (
                <Button
                  variant="default"
                  size="compact-xs"
                  onClick={() => complaint.fix && onFix(complaint.fix)}
                >
                  {complaint.fix.title}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

const count = (n: number, word: string) => (n === 0 ? '' : `${n} ${word}${n === 1 ? '' : 's'}`)
