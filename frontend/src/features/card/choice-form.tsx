import { useEffect, useId, useRef, useState } from "react";
import type { FormEvent } from "react";

import { t } from "@/lib/messages";
import { Button } from "@/ui/button";

import styles from "./choice-form.module.css";
import { answerWords, isAnswered } from "./questions";
import type { Answer, Question } from "./questions";

type Props = {
  questions: readonly Question[];
  busy: boolean;
  /** Whether the reader came to answer just this. */
  asked: boolean;
  onAnswer: (words: string) => void;
  onDeny: () => void;
};

type QuestionProps = {
  question: Question;
  answer: Answer;
  onChange: (answer: Answer) => void;
};

const NO_ANSWER: Answer = { picked: [], own: "" };

/** One question: its options, and room for an answer that nobody thought of. */
function Options({ question: { text, options, several }, answer: { picked, own }, onChange }: QuestionProps) {
  const name = useId();
  const pick = (label: string, on: boolean) => {
    if (!several) onChange({ picked: [label], own: "" });
    else onChange({ picked: on ? [...picked, label] : picked.filter((each) => each !== label), own });
  };
  const write = (words: string) =>
    onChange({ picked: several || words.trim() === "" ? picked : [], own: words });
  return (
    <fieldset className={styles.question}>
      <legend>{text}</legend>
      {options.map(({ label, description }) => (
        <label key={label} className={styles.option}>
          <input
            type={several ? "checkbox" : "radio"}
            name={name}
            checked={picked.includes(label)}
            onChange={(event) => pick(label, event.currentTarget.checked)}
          />
          <span>
            {label}
            {description ? <small>{description}</small> : null}
          </span>
        </label>
      ))}
      <input
        type="text"
        className={styles.other}
        aria-label={t.question.other}
        placeholder={t.question.other}
        value={own}
        autoComplete="off"
        onChange={(event) => write(event.currentTarget.value)}
      />
    </fieldset>
  );
}

/** Answers an agent that asks which: every question needs an answer, an option or the reader's own words. */
export function ChoiceForm({ questions, busy, asked, onAnswer, onDeny }: Props) {
  const [answers, setAnswers] = useState<readonly Answer[]>(() => questions.map(() => NO_ANSWER));
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (asked) form.current?.querySelector("input")?.focus();
  }, [asked]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAnswer(answerWords(questions, answers));
  };
  return (
    <form ref={form} className={styles.form} onSubmit={submit}>
      {questions.map((question, at) => (
        <Options
          key={question.text}
          question={question}
          answer={answers[at] ?? NO_ANSWER}
          onChange={(answer) => setAnswers(answers.with(at, answer))}
        />
      ))}
      <div className={styles.buttons}>
        <Button type="submit" className={styles.answer} loading={busy} disabled={!answers.every(isAnswered)}>
          {t.question.answer}
        </Button>
        <Button variant="default" disabled={busy} onClick={onDeny}>
          {t.question.deny}
        </Button>
      </div>
    </form>
  );
}
