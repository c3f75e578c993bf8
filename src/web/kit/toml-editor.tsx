import './toml-editor.css'
import { lazy, Suspense, useCallback, useEffect, useId, useMemo, useRef, useState } from 'react'
import { Button, UnstyledButton } from '@mantine/core'
import { IconAlertTriangle, IconCircleX } from '@tabler/icons-react'
import type { EditorView } from '@codemirror/view'
import type { TomlAssist, TomlWord } from './toml-assist.ts'
import { applyEdits, type EditorComplaint } from './complaint.ts'
import { Marked } from './marked.tsx'
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
  /** Completion and explanations; the same for the life of the editor. */
  readonly assist?: TomlAssist
  /** Handed a function that leads to an offset of the text. */
  readonly onReady?: (show: (offset: number) => void) => void
}
const none: readonly EditorComplaint[] = []

/** A policy's text with its complaints at their lines, and below it each of them in words with its remedy. */
export function TomlEditor(props: TomlEditorProps) {
  const { value, onChange, complaints = none, readOnly = onChange === undefined } = props
  const { label = 'requirements.toml', minHeight = 240 } = props
  const panel = useId()
  const view = useRef<EditorView>(undefined)
  const [cursor, setCursor] = useState<number>()
  const [ready, setReady] = useState(false)
  const onView = useCallback((made: EditorView | undefined) => {
    view.current = made
    setReady(made !== undefined)
  }, [])
  const goTo = useCallback((anchor: number) => {
    const now = view.current
    if (!now) return
    const selection = { anchor: Math.min(anchor, now.state.doc.length) }
    now.dispatch({ selection, scrollIntoView: true })
    now.focus()
  }, [])
  const jump = (complaint: EditorComplaint) => {
    void code().then(({ offsetOf }) => {
      const now = view.current
      if (now) goTo(offsetOf(now.state.doc, complaint.line, complaint.column))
    })
  }
  // CodeMirror keeps every line break as a line feed, so its offsets are those of this text.
  const lines = useMemo(() => value.replaceAll(/\r\n?/g, '\n'), [value])
  const { onReady } = props
  useEffect(() => {
    // The editor itself is loaded when it is needed.
    if (!ready) return
    onReady?.((offset) => goTo(value.slice(0, offset).replaceAll(/\r\n/g, '\n').length))
  }, [onReady, ready, goTo, value])
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
          assist={props.assist}
          onCursor={setCursor}
        />
      </Suspense>
      {props.assist && <Here word={wordAt(props.assist, lines, cursor)} />}
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

/** What the cursor is on, or else the key that its line begins with. */
function wordAt({ hoverAt }: TomlAssist, text: string, cursor: number | undefined) {
  if (cursor === undefined) return undefined
  const line = text.slice(text.lastIndexOf('\n', cursor - 1) + 1)
  return hoverAt(text, cursor) ?? hoverAt(text, text.length - line.trimStart().length)
}

/** What the key at the cursor means: the same as under the pointer, for those who use the keyboard. */
function Here({ word }: { readonly word: TomlWord | undefined }) {
  return (
    <p className="gh-editor-here" role="status">
      {word ? (
        <>
          <code>{word.key}</code> <Marked text={word.about} />{' '}
          {word.more !== undefined && (
            // Beside the editor, so that nothing of what is being written is left behind.
            <a href={word.more} target="_blank" rel="noopener">
              More in the reference
            </a>
          )}
        </>
      ) : (
        'Ctrl-Space completes, F8 goes to the next problem'
      )}
    </p>
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
                  <Marked text={complaint.message} />
                </UnstyledButton>
                <div className="gh-complaint-more">
                  <Marked text={`${complaint.effect} ${complaint.remedy}`} />
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
