import { useEffect, useRef } from 'react'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import {
  bracketMatching,
  HighlightStyle,
  StreamLanguage,
  syntaxHighlighting,
} from '@codemirror/language'
import { toml } from '@codemirror/legacy-modes/mode/toml'
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { Compartment, EditorState, type Text } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { cspNonce } from '../csp-nonce.ts'
import { assistance, type TomlAssist } from './toml-assist.ts'
import { smallestEdit, type EditorComplaint } from './complaint.ts'

export interface TomlCodeProps {
  readonly value: string
  readonly onChange?: ((text: string) => void) | undefined
  readonly complaints: readonly EditorComplaint[]
  readonly readOnly: boolean
  readonly label: string
  readonly describedBy: string
  readonly minHeight: number
  readonly onView: (view: EditorView | undefined) => void
  readonly assist?: TomlAssist | undefined
  /** Told where the cursor is, whenever it or the text moves. */
  readonly onCursor?: ((offset: number) => void) | undefined
}

/** Quiet, and none of the colours that mean something elsewhere: red and green are for verdicts and differences. */
const colours = syntaxHighlighting(
  HighlightStyle.define([
    { tag: tags.comment, color: 'var(--mantine-color-dimmed)' },
    { tag: tags.propertyName, color: 'var(--mantine-color-text)' },
    { tag: tags.string, color: 'var(--gh-string)' },
    // The TOML mode calls both table headers and booleans atoms.
    { tag: [tags.number, tags.bool, tags.atom], color: 'var(--mantine-color-anchor)' },
    { tag: tags.bracket, color: 'var(--mantine-color-dimmed)' },
  ]),
)

const look = (minHeight: number) =>
  EditorView.theme({
    '&': {
      fontSize: '12.5px',
      backgroundColor: 'var(--mantine-color-body)',
      // So that the complaints below stay in sight.
      maxHeight: `max(${minHeight}px, calc(100vh - 340px))`,
    },
    '&.cm-focused': { outline: 'none' },
    '.cm-scroller': {
      fontFamily: 'var(--gh-mono)',
      lineHeight: '20px',
      minHeight: `${minHeight}px`,
      overflow: 'auto',
    },
    '.cm-content': { caretColor: 'var(--mantine-color-text)', padding: '8px 0' },
    '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
    '.cm-gutters': {
      backgroundColor: 'var(--gh-surface)',
      color: 'var(--mantine-color-dimmed)',
      borderRight: '1px solid var(--gh-line)',
    },
    '.cm-lineNumbers .cm-gutterElement': { padding: '0 10px 0 14px', minWidth: '40px' },
    '.cm-activeLine': { backgroundColor: 'transparent' },
    '&.cm-focused .cm-activeLine': {
      backgroundColor: 'color-mix(in srgb, var(--gh-hover) 60%, transparent)',
    },
    '.cm-activeLineGutter': {
      backgroundColor: 'var(--gh-hover)',
      color: 'var(--mantine-color-text)',
    },
    '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground':
      { backgroundColor: 'var(--gh-selected)' },
    '.cm-tooltip, .cm-panels': {
      backgroundColor: 'var(--mantine-color-body)',
      color: 'var(--mantine-color-text)',
      border: '1px solid var(--mantine-color-default-border)',
      fontFamily: 'var(--mantine-font-family)',
      fontSize: '13px',
    },
    '.cm-tooltip': { borderRadius: '7px', overflow: 'hidden', maxWidth: '480px' },
    '.cm-diagnostic': { padding: '8px 12px', borderLeft: 'none', whiteSpace: 'pre-wrap' },
    '.cm-lintRange-error': {
      backgroundImage: 'none',
      textDecoration: 'underline wavy var(--gh-forbidden) 1px',
      textUnderlineOffset: '3px',
    },
    '.cm-lintRange-warning': {
      backgroundImage: 'none',
      textDecoration: 'underline wavy var(--gh-prompt) 1px',
      textUnderlineOffset: '3px',
    },
    '.cm-lint-marker-error, .cm-lint-marker-warning': {
      content: '""',
      width: '9px',
      height: '9px',
      marginTop: '6px',
      borderRadius: '50%',
      backgroundColor: 'var(--gh-forbidden)',
    },
    '.cm-lint-marker-warning': { backgroundColor: 'var(--gh-prompt)', borderRadius: '2px' },
  })

/** The editor itself; brings CodeMirror, and is loaded only where a policy is shown. */
export function TomlCode(props: TomlCodeProps) {
  const { value, complaints, readOnly, label, describedBy, minHeight, onView } = props
  const home = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const changed = useRef(props.onChange)
  const moved = useRef(props.onCursor)
  const assist = useRef(props.assist)
  const modes = useRef(new Compartment())
  const first = useRef(value)
  useEffect(() => {
    changed.current = props.onChange
    moved.current = props.onCursor
  })

  useEffect(() => {
    if (home.current === null) return
    const made = new EditorView({
      parent: home.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          EditorView.cspNonce.of(cspNonce),
          lineNumbers(),
          lintGutter(),
          history(),
          drawSelection(),
          bracketMatching(),
          search({ top: true }),
          highlightSelectionMatches(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          EditorView.lineWrapping,
          StreamLanguage.define(toml),
          colours,
          look(minHeight),
          // Tab is left to the browser: it must lead out of the editor (WCAG 2.1.2).
          keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap]),
          modes.current.of([]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed.current?.(update.state.doc.toString())
            if (update.docChanged || update.selectionSet)
              moved.current?.(update.state.selection.main.head)
          }),
          assist.current ? assistance(assist.current) : [],
        ],
      }),
    })
    view.current = made
    onView(made)
    // Lines measured before the monospaced font is there wrap elsewhere afterwards.
    void document.fonts.load("12.5px 'JetBrains Mono Variable'").then(() => made.requestMeasure())
    return () => {
      onView(undefined)
      made.destroy()
    }
  }, [minHeight, onView])

  useEffect(() => {
    view.current?.dispatch({
      effects: modes.current.reconfigure([
        EditorState.readOnly.of(readOnly),
        EditorView.editable.of(!readOnly),
        EditorView.contentAttributes.of({
          'aria-label': label,
          'aria-describedby': describedBy,
          'aria-readonly': String(readOnly),
          tabindex: '0',
          spellcheck: 'false',
        }),
      ]),
    })
  }, [readOnly, label, describedBy])

  useEffect(() => {
    const now = view.current
    first.current = value
    if (!now) return
    // CodeMirror keeps every line break as a line feed.
    const edit = smallestEdit(now.state.doc.toString(), value.replaceAll(/\r\n?/g, '\n'))
    if (edit) now.dispatch({ changes: edit })
  }, [value])

  useEffect(() => {
    const now = view.current
    if (!now) return
    const { doc } = now.state
    now.dispatch(
      setDiagnostics(
        now.state,
        complaints.map((c) => diagnosticOf(doc, c)),
      ),
    )
  }, [complaints, value])

  return <div ref={home} className="gh-editor-code" />
}

/** The offset of a line and column, kept inside the text: complaints may be a keystroke old. */
export function offsetOf(doc: Text, line: number, column: number): number {
  const found = doc.line(Math.max(1, Math.min(line, doc.lines)))
  return Math.max(found.from, Math.min(found.to, found.from + column - 1))
}

function diagnosticOf(doc: Text, complaint: EditorComplaint): Diagnostic {
  const from = offsetOf(doc, complaint.line, complaint.column)
  const to = Math.max(from, offsetOf(doc, complaint.endLine, complaint.endColumn))
  return {
    from,
    to,
    severity: complaint.severity,
    message: [complaint.message, complaint.effect, complaint.remedy].filter(Boolean).join('\n'),
  }
}
