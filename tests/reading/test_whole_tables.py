"""Small tables of many forms, whole: what is asked of each, what its words propose, and what is
read by these answers. What changed on purpose is stored anew by ``pytest --store`` and read.
"""

from forecasting.reading.cells import UserFile
from forecasting.reading.dialogue import (
    STOPGAPS,
    TableDialogue,
    proposal_file,
    proposal_of_table,
)
from forecasting.reading.user_table import UserTable

TABLES = {
    "months beside years": "Month,2023,2024\nJanuary,1,2\nFebruary,3,5\nTotal,4,7\n",
    "fuels": (
        "New cars by fuel;;;\nFuel;2022;2023;2024 (Jan-Oct)\nPetrol;9 000;8 500;6 100\n"
        "Electric;40;70;95\nPlug-in hybrid;5;9;20\nTotal;9 045;8 579;6 215\n"
    ),
    "one row a fact": (
        "Country,Year,Fuel,New cars (thousands)\nGeorgia,2023,Electric,1.5\n"
        "Georgia,2023,Petrol,30\nGeorgia,2024,Electric,2.25\nGeorgia,2024,Petrol,28\n"
    ),
    "running totals": (
        "Electric cars imported since January\nMonth,Cars\n2024-01,10\n2024-02,25\n2024-03,31\n"
        "2024-04,52\n2024-05,60\n"
    ),
    "shares": "Year,EV share of sales,EV sales\n2022,1.2 %,120\n2023,2.5 %,250*\n* provisional\n",
    "stock": "Electric cars registered\nEnd of year;Cars\n31.12.2022;1.250\n31.12.2023;2.400\n",
    "fiscal years": "Year,EVs\n2022/23,50\n2023/24,90\nn/a,\n",
    "growth": "Quarter,Electric cars,Change on a year before\nQ1 2024,12,+20 %\nQ2 2024,15,-5 %\n",
    "words alone": "Colour,Number\nred,4\nblue,9\n",
}


def dialogue_lines(table):
    """Each question with its choices; the proposed answer is taken, or what stands in for it."""
    dialogue = TableDialogue(table)
    for question in dialogue.questions():
        _, _, name = question.key.partition(" ")
        answer = question.proposed or STOPGAPS.get(name, "")
        yield f"{question.key}: {question.asks} [{answer}] {question.reason}"
        yield from (f"    | {line}" for line in question.picture)
        yield f"    {', '.join(question.choices)}"
        if name == "lines" and not answer:
            return
        dialogue.give(question.key, answer)
        if name == "fix":
            return


def test_questions_proposals_and_facts_of_small_tables(same_as_stored):
    lines = []
    for name, text in TABLES.items():
        table = UserTable(UserFile("own.csv", text.encode()))
        proposal = proposal_of_table(table)
        reading = table.read(proposal.answers)
        lines += [f"== {name}", *dialogue_lines(table)]
        lines += [f"- {line}" for line in proposal_file(table, proposal).splitlines()]
        for fact in reading.facts:
            lines.append(f"{fact.name} {fact.text!r}: {fact.period} {fact.value:.6g}")
        lines += map(str, [*reading.problems, *reading.left_out])
    same_as_stored("tables.txt", lines)
