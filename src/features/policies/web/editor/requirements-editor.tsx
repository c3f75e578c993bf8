import { useCallback, useMemo, useRef } from 'react'
import { checkRequirements } from '#requirements/index.ts'
import { Section, TomlEditor } from '#web/kit/index.ts'
import { TryCommand } from '../try/try-command.tsx'
import { policyAssist } from './assist.ts'
import { PolicyForm } from './form.tsx'

export type Layout = 'both' | 'text' | 'form'

interface Props {
  readonly text: string
  /** Left out: it is only read. */
  readonly onText?: ((text: string) => void) | undefined
  readonly label: string
  readonly layout: Layout
  /** What is served now, to try things on both. */
  readonly published?: string | undefined
}

/** A requirements.toml as text and as a form, of which each follows the other. */
export function RequirementsEditor({ text, onText, label, layout, published }: Props) {
  const { complaints } = useMemo(() => checkRequirements(text), [text])
  const goTo = useRef<(offset: number) => void>(undefined)
  const onReady = useCallback((show: (offset: number) => void) => {
    goTo.current = show
  }, [])
  const onShow = useCallback((offset: number) => goTo.current?.(offset), [])
  return (
    <>
      <div className="gh-both" data-layout={layout}>
        {layout !== 'form' && (
          <TomlEditor
            value={text}
            {...(onText ? { onChange: onText } : {})}
            readOnly={!onText}
            complaints={complaints}
            label={label}
            minHeight={380}
            assist={policyAssist}
            onReady={onReady}
          />
        )}
        {layout !== 'text' && (
          <section aria-label={`Form of ${label}`} className="gh-both-form">
            <PolicyForm
              text={text}
              onText={onText}
              complaints={complaints}
              {...(layout === 'both' ? { onShow } : {})}
            />
          </section>
        )}
      </div>
      <Section title="Try it" about="What this text would do. Nothing is run, nothing is kept.">
        <TryCommand
          policies={[
            ...(published === undefined || published === text
              ? []
              : [{ label: 'Published', text: published }]),
            { label: 'Draft', text, ...(layout === 'form' ? {} : { onShow }) },
          ]}
        />
      </Section>
    </>
  )
}
