import { IconMessageCheck } from "@tabler/icons-react"
import { useQuery } from "@tanstack/react-query"
import { Link, useNavigate } from "@tanstack/react-router"
import { get } from "@/api/http"
import type { MyQuestion, Rows } from "@/api/nouns"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { remembered, useStore } from "@/lib/store"
import { Key } from "@/parts/key"

/** Until when the answers to one's questions have been read, in microseconds. */
export const answersRead = remembered("answers-read", 0)

/** Tells whoever asked that there is an answer. */
export function AnswersChip() {
  const read = useStore(answersRead)
  const questions = useQuery({
    queryKey: ["work", "questions"],
    queryFn: () => get<Rows<MyQuestion>>("/work/questions"),
    refetchInterval: 60_000,
  })
  const go = useNavigate()
  useCommands([
    {
      id: "work.answers",
      title: t("me.read_answers"),
      keys: ["shift+e"],
      scope: "work",
      run: () => void go({ to: "/me" }),
    },
  ])
  const count = questions.data?.rows.filter(({ answer }) => answer && answer.at > read).length ?? 0
  return (
    <span role="status">
      {count > 0 && (
        <Link to="/me" className="chip ok">
          <IconMessageCheck size={14} aria-hidden /> {t("me.answers", { count })} <Key of="work.answers" />
        </Link>
      )}
    </span>
  )
}
