import {
  autocompletion,
  completionKeymap,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete'
import type { Extension } from '@codemirror/state'
import { EditorView, hoverTooltip, keymap } from '@codemirror/view'

/** What is known of a document's keys. Offsets are those of the text, in UTF-16 units. */
export interface TomlAssist {
  readonly completionsAt: (
    text: string,
    offset: number,
  ) => {
    readonly from: number
    readonly to: number
    readonly options: readonly {
      readonly label: string
      readonly detail: string
      readonly about: string
      readonly insert: string
    }[]
  }
  readonly hoverAt: (text: string, offset: number) => TomlWord | undefined
}

/** The word at an offset: what it means, and facts about it, line by line. */
export interface TomlWord {
  readonly from: number
  readonly to: number
  readonly key: string
  readonly about: string
  readonly facts: readonly string[]
  /** Where more is said about it: an address of this product. */
  readonly more?: string
}

/** Completion while typing and on Ctrl-Space, and what a word means when the pointer rests on it. */
export function assistance({ completionsAt, hoverAt }: TomlAssist): Extension {
  const complete = ({ state, pos, explicit }: CompletionContext): CompletionResult | null => {
    const { from, to, options } = completionsAt(state.doc.toString(), pos)
    // Unasked, only while a word is being written: else Enter would take what nobody wanted.
    if (options.length === 0 || (!explicit && from === pos)) return null
    return {
      from,
      to,
      options: options.map(({ label, detail, about, insert }, index) => ({
        label,
        detail,
        info: about,
        apply: insert,
        boost: -Math.min(index, 99),
      })),
      validFor: /^[\w:.-]*$/,
    }
  }
  return [
    autocompletion({ override: [complete], icons: false }),
    keymap.of(completionKeymap),
    hoverTooltip((view, pos) => {
      const word = hoverAt(view.state.doc.toString(), pos)
      return word
        ? { pos: word.from, end: word.to, above: true, create: () => ({ dom: explained(word) }) }
        : null
    }),
    EditorView.theme({
      '.cm-tooltip.cm-tooltip-autocomplete > ul': {
        fontFamily: 'var(--gh-mono)',
        maxHeight: '16em',
      },
      '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 10px' },
      '.cm-tooltip-autocomplete ul li[aria-selected]': {
        backgroundColor: 'var(--gh-selected)',
        color: 'var(--mantine-color-text)',
      },
      '.cm-completionDetail': {
        fontFamily: 'var(--mantine-font-family)',
        fontStyle: 'normal',
        color: 'var(--mantine-color-dimmed)',
        marginLeft: '12px',
      },
      '.cm-completionInfo': { padding: '8px 12px', maxWidth: '320px' },
      '.gh-explained': { padding: '8px 12px', maxWidth: '440px' },
      '.gh-explained p': { margin: '4px 0 0' },
      '.gh-explained li': { color: 'var(--mantine-color-dimmed)' },
      '.gh-explained ul': { margin: '4px 0 0', paddingLeft: '18px' },
    }),
  ]
}

function explained({ key, about, facts }: TomlWord): HTMLElement {
  const element = (name: string, text: string) => {
    const made = document.createElement(name)
    made.textContent = text
    return made
  }
  const box = document.createElement('div')
  box.className = 'gh-explained'
  const list = document.createElement('ul')
  list.append(...facts.map((fact) => element('li', fact)))
  box.append(element('code', key), element('p', about), ...(facts.length > 0 ? [list] : []))
  return box
}
