import { Textarea, type TextareaProps } from '@mantine/core'

interface MessageFieldProps extends Omit<TextareaProps, 'onChange'> {
  readonly value: string
  readonly onChange: (message: string) => void
}

/** Some sentences that others will read; the API takes 500 characters. */
export function MessageField({ onChange, ...rest }: MessageFieldProps) {
  return (
    <Textarea
      autosize
      minRows={2}
      maxLength={500}
      onChange={(event) => onChange(event.currentTarget.value)}
      {...rest}
    />
  )
}
