import { PasswordInput, type PasswordInputProps } from '@mantine/core'

/** As the server asks (kernel/passwords); it judges the rest, and says so at the field. */
const shortest = 12

/** Choosing a password: once and visible on demand, instead of typing it blind twice. */
export function NewPassword(props: PasswordInputProps) {
  const length = Array.from(typeof props.value === 'string' ? props.value : '').length
  const missing = shortest - length
  return (
    <PasswordInput
      label="Password"
      autoComplete="new-password"
      required
      withAsterisk={false}
      {...props}
      description={
        props.error
          ? undefined
          : length === 0
            ? `At least ${shortest} characters. A few unrelated words do well.`
            : missing > 0
              ? `${missing} more ${missing === 1 ? 'character' : 'characters'}`
              : 'Long enough.'
      }
      inputWrapperOrder={['label', 'input', 'description', 'error']}
    />
  )
}
