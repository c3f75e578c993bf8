import { useMemo } from 'react'
import { Stack, Text } from '@mantine/core'
import { checkDefaults, checkRequirements } from '#requirements/index.ts'
import { TomlEditor } from '#web/kit/index.ts'
import { defaultsAssist } from './assist.ts'

interface Props {
  readonly text: string
  /** Left out: it is only read. */
  readonly onText?: ((text: string) => void) | undefined
  /** The requirements.toml beside it, which wins where both speak. */
  readonly requirements: string
  readonly label: string
}

/** The overridable config.toml of a policy, judged beside its requirements. */
export function DefaultsEditor({ text, onText, requirements, label }: Props) {
  const limits = useMemo(() => checkRequirements(requirements).document, [requirements])
  const { complaints } = useMemo(() => checkDefaults(text, limits), [text, limits])
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        What people start with. They can override all of it in their own config.toml; where the
        requirements say something, the requirements win.
      </Text>
      <TomlEditor
        value={text}
        {...(onText ? { onChange: onText } : {})}
        readOnly={!onText}
        complaints={complaints}
        label={label}
        minHeight={380}
        assist={defaultsAssist}
      />
    </Stack>
  )
}
