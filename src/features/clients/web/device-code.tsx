import { useState, type ChangeEvent } from 'react'
import { flushSync } from 'react-dom'
import { Alert, Button, Stack, Text, TextInput } from '@mantine/core'
import { Front, useAct, useSession, type ApiError } from '#web/kit/index.ts'
import type { DeviceRequest } from '../schema.ts'
import { You } from './asking.tsx'
import { findDevice } from './calls.ts'
import { caretBehind, isWhole, shownCode } from './typed-code.ts'

export interface Found {
  readonly of: DeviceRequest
  /** As it was typed: the decision needs it again. */
  readonly code: string
}

/** The first step: the code, as the terminal shows it. */
export function DeviceCode({ onFound }: { readonly onFound: (found: Found) => void }) {
  const session = useSession().data
  const workspace = session?.workspace.name
  const [code, setCode] = useState('')
  const [wrong, setWrong] = useState<string>()
  const [trouble, setTrouble] = useState<ApiError>()
  const find = useAct(findDevice, {
    onDone: (of, typed) => onFound({ of, code: typed }),
    onError: (error) => {
      const atField = aboutTheCode(error)
      setWrong(atField)
      setTrouble(atField === undefined ? error : undefined)
      return true
    },
  })
  const typed = ({ currentTarget: field }: ChangeEvent<HTMLInputElement>) => {
    const caret = caretBehind(field.value.slice(0, field.selectionStart ?? field.value.length))
    flushSync(() => setCode(shownCode(field.value)))
    // Writing the hyphen moves the caret to the end; whoever corrects a letter in the middle stays there.
    field.setSelectionRange(caret, caret)
    setWrong(undefined)
  }
  return (
    <Front
      title={workspace === undefined ? 'Connect a client' : `Connect a client to ${workspace}`}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          setTrouble(undefined)
          if (isWhole(code)) find.mutate(code)
          else setWrong('The code has eight characters, four and four.')
        }}
      >
        <Stack gap="md" className="gh-ask">
          {session !== undefined && <You who={session.member} />}
          <TextInput
            className="gh-code-input"
            label="The code that your terminal shows"
            description="Type it yourself. A code that somebody sent you signs in their client as you."
            value={code}
            error={wrong}
            onChange={typed}
            autoFocus
            autoComplete="off"
            autoCapitalize="characters"
            autoCorrect="off"
            spellCheck={false}
          />
          {trouble !== undefined && (
            <Alert color="red" role="alert" title={trouble.title} p="sm">
              {trouble.message !== trouble.title && <Text size="sm">{trouble.message}</Text>}
              {trouble.remedy !== undefined && <Text size="sm">{trouble.remedy}</Text>}
            </Alert>
          )}
          <Button type="submit" fullWidth loading={find.isPending}>
            Continue
          </Button>
        </Stack>
      </form>
    </Front>
  )
}

/** What belongs at the field: there is no such code, or not any more. */
function aboutTheCode({ code, message, remedy, fields }: ApiError): string | undefined {
  if (code === 'not_found' || code === 'wrong_state' || fields['userCode'] !== undefined)
    return remedy === undefined ? message : `${message} ${remedy}`
  return undefined
}
