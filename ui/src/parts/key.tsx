import { keyShown, useCommand } from "@/app/commands"

/** The key of a command as it is now; nothing where the command is not here, or its keys are switched off. */
export function Key({ of }: { of: string }) {
  const command = useCommand(of)
  const keys = command && keyShown(command)
  return keys ? <kbd>{keys}</kbd> : null
}
