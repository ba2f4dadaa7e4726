import type { AgentRequest } from "@/api/types";
import { fieldsOf } from "@/lib/fields";

export type Option = { label: string; description: string | null };

/** A question with answers to choose from. */
export type Question = { text: string; options: readonly Option[]; several: boolean };

/** The labels that were picked, and what was written in the reader's own words. */
export type Answer = { picked: readonly string[]; own: string };

/** The tool whose only purpose is to ask. Any other may have questions in its input too, and asks for leave. */
const ASKING_TOOL = "AskUserQuestion";

const word = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

function optionsOf(value: unknown): Option[] {
  const options = Array.isArray(value) ? value.map(fieldsOf) : [];
  return options.flatMap((option) => {
    const label = word(option?.["label"]);
    return label === null ? [] : [{ label, description: word(option?.["description"]) }];
  });
}

/** The questions of an agent that asks which; none where it asks for leave. */
export function questionsOf({ tool, input }: Pick<AgentRequest, "tool" | "input">): readonly Question[] {
  const isAsking = (tool ?? ASKING_TOOL) === ASKING_TOOL;
  const questions = isAsking && Array.isArray(input["questions"]) ? input["questions"].map(fieldsOf) : [];
  return questions.flatMap((question) => {
    const text = word(question?.["question"]);
    if (text === null) return [];
    return [{ text, options: optionsOf(question?.["options"]), several: question?.["multiSelect"] === true }];
  });
}

const wordsIn = ({ picked, own }: Answer): string[] => [...picked, ...(own.trim() ? [own.trim()] : [])];

export const isAnswered = (answer: Answer): boolean => wordsIn(answer).length > 0;

/** What the agent is told: one answer as it is, several with what each answers. */
export function answerWords(questions: readonly Question[], answers: readonly Answer[]): string {
  const words = answers.map((answer) => wordsIn(answer).join(", "));
  if (questions.length === 1) return words[0] ?? "";
  return questions.map(({ text }, at) => `${text} ${words[at] ?? ""}`).join("\n");
}
