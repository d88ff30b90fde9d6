// Prints what ical.js reads at an address: [[uid, start, end, summary], ...], times in UTC.
import ICAL from "ical.js";

const answer = await fetch(process.argv[2]);
const calendar = new ICAL.Component(ICAL.parse(await answer.text()));
const rows = calendar.getAllSubcomponents("vevent").map((component) => {
  const { uid, startDate, endDate, summary } = new ICAL.Event(component);
  return [uid, startDate.toJSDate().toISOString(), endDate.toJSDate().toISOString(), summary];
});
console.log(JSON.stringify(rows));
