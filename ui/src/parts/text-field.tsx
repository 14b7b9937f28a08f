import { IconEye, IconEyeOff } from "@tabler/icons-react"
import { type ReactNode, useId, useState } from "react"
import { t } from "@/app/i18n"

interface Props {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly description?: string
  readonly required?: boolean
  /** Where one begins to type; also in a dialog. */
  readonly focus?: boolean
  readonly autoComplete?: string
  readonly autoCapitalize?: string
  readonly type?: "text" | "password"
  /** Stands in the field, on the right. */
  readonly children?: ReactNode
}

/** A line to type in, with its name above it and what it is for below that. */
export function TextField({ label, value, onChange, description, focus = false, children, ...rest }: Props) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {description && (
        <small className="dim" id={`${id}-about`}>
          {description}
        </small>
      )}
      <span className="typed">
        <input
          {...rest}
          id={id}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          aria-describedby={description ? `${id}-about` : undefined}
          // biome-ignore lint/a11y/noAutofocus: a form that was asked for begins in its first field
          autoFocus={focus}
          data-autofocus={focus || undefined}
        />
        {children}
      </span>
    </div>
  )
}

/** A password field whose eye has a name. */
export function Secret(props: Omit<Props, "type" | "required" | "children">) {
  const [shown, setShown] = useState(false)
  const Eye = shown ? IconEyeOff : IconEye
  return (
    <TextField {...props} type={shown ? "text" : "password"} required>
      <button
        type="button"
        aria-label={t("signin.show")}
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
      >
        <Eye size={17} stroke={1.7} aria-hidden />
      </button>
    </TextField>
  )
}
