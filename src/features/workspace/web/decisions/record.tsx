import { useState } from 'react'
import { Modal, Radio, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { MemberPicker } from '#features/access/web/pickers.tsx'
import { api, FormFoot, useAct, useSession, type ApiErrorItem } from '#web/kit/index.ts'
import {
  decisionKind,
  fieldsOf,
  type DecisionKind,
  type DecisionValue,
  type Field,
} from '../../decisions/schema.catalogue.ts'
import { decisionWithHistory, type DecisionWithHistory } from '../../decisions/schema.ts'

interface Props {
  readonly of: DecisionWithHistory
  readonly onClose: () => void
}

/** The form of the next version. It begins with the one that stands; only the reason is asked anew. */
export function RecordDecision({ of, onClose }: Props) {
  const kind = decisionKind(of.key)
  const me = useSession().data?.member
  const [value, setValue] = useState<DecisionValue>(() => of.current?.value ?? {})
  const [ownerId, setOwner] = useState<string | null>(of.current?.owner.id ?? me?.id ?? null)
  const [reason, setReason] = useState('')
  const [review, setReview] = useState(() => dayOf(of.current?.reviewAt ?? null))
  const [errors, setErrors] = useState<readonly ApiErrorItem[]>([])
  const record = useAct(
    (body: unknown) =>
      api.put(`/api/v1/decisions/${of.key}`, { body, schema: decisionWithHistory }),
    {
      done: 'Recorded',
      refresh: ['decisions', 'overview'],
      onDone: onClose,
      onError: (error) => {
        setErrors(error.errors)
        return error.errors.length > 0
      },
    },
  )
  if (!kind) return null
  const faultOf = (field: string) => errors.find((one) => one.field === field)?.message
  const known = of.current && { value: of.current.owner.id, label: of.current.owner.label }
  return (
    <Modal opened onClose={onClose} title={`Record: ${of.name}`} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          record.mutate({
            value: filled(kind, value),
            ownerId: ownerId ?? '',
            reason,
            reviewAt: review === '' ? null : Date.parse(review),
            version: of.current?.number ?? 0,
          })
        }}
      >
        <Stack gap="md">
          <Text size="sm">
            Set at the vendor: {of.where}. Nothing is changed there by this form.
          </Text>
          {fieldsOf(kind, value).map((field) => (
            <FieldInput
              key={field.key}
              of={field}
              value={value[field.key]}
              error={faultOf(`value.${field.key}`)}
              onChange={(next) => setValue({ ...value, [field.key]: next })}
            />
          ))}
          <MemberPicker
            label="Owner"
            known={known ?? (me && { value: me.id, label: me.email })}
            value={ownerId}
            onChange={setOwner}
            error={faultOf('ownerId')}
          />
          <TextInput
            type="date"
            label="Review by"
            description="Then it stands on the overview until somebody has looked at it again. Empty: never."
            value={review}
            onChange={(event) => setReview(event.currentTarget.value)}
          />
          <Textarea
            label="Reason"
            description="Why so, for whoever reads it in a year."
            autosize
            minRows={2}
            maxLength={2000}
            required
            value={reason}
            error={faultOf('reason')}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <FormFoot action="Record" busy={record.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  )
}

const dayOf = (at: number | null): string =>
  at === null ? '' : new Date(at).toISOString().slice(0, 10)

/** What counts, with what was left empty as its field means it. */
const filled = (kind: DecisionKind, value: DecisionValue): DecisionValue =>
  Object.fromEntries(
    fieldsOf(kind, value).map(({ key, kind: form }) => [
      key,
      value[key] ?? (form === 'lines' ? [] : form === 'days' ? null : ''),
    ]),
  )

interface InputProps {
  readonly of: Field
  readonly value: DecisionValue[string] | undefined
  readonly error: string | undefined
  readonly onChange: (value: DecisionValue[string]) => void
}

function FieldInput({ of, value, error, onChange }: InputProps) {
  switch (of.kind) {
    case 'choice':
      return (
        <Radio.Group
          label={of.label}
          value={typeof value === 'string' ? value : ''}
          onChange={onChange}
          error={error}
        >
          <Stack gap={6} mt={6}>
            {of.options.map((option) => (
              <Radio key={option.value} value={option.value} label={option.label} />
            ))}
          </Stack>
        </Radio.Group>
      )
    case 'lines':
      return (
        <Textarea
          label={of.label}
          description={of.description}
          autosize
          minRows={2}
          defaultValue={Array.isArray(value) ? value.join('\n') : ''}
          error={error}
          onChange={(event) => onChange(linesIn(event.currentTarget.value))}
        />
      )
    case 'days':
      return (
        <TextInput
          label={of.label}
          description={of.description}
          inputMode="numeric"
          w={160}
          defaultValue={typeof value === 'number' ? String(value) : ''}
          error={error}
          onChange={({ currentTarget: { value: typed } }) =>
            onChange(typed.trim() === '' ? null : Number(typed))
          }
        />
      )
  }
}

const linesIn = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((one) => one.trim())
    .filter((one) => one !== '')
