// Prints what node-ical reads at an address: [[uid, start, end, summary], ...], times in UTC.
import ical from "node-ical";

const found = await ical.async.fromURL(process.argv[2]);
const rows = Object.values(found)
  .filter(({ type }) => type === "VEVENT")
  .map(({ uid, start, end, summary }) => [uid, start.toISOString(), end.toISOString(), summary]);
console.log(JSON.stringify(rows));
