// What all leases cost together stays under the owner's caps, for an hour and for a day; a plan by itself already does.
import { guard } from '../model/change.ts';

const hourMs = 3_600_000;

export default guard({
  id: 'spending-cap',
  title: 'It would cost more than the owner allows',
  check: ({ plan, spending, caps }) => {
    const hourly = plan.usdPerHour ?? 0;
    if (hourly === 0) return undefined;
    const hour = spending.usdPerHour + hourly;
    const day = spending.usdLastDay + hourly * ((plan.leaseMs ?? 24 * hourMs) / hourMs);
    if (hour <= caps.usdPerHour && day <= caps.usdPerDay) return undefined;
    return {
      id: 'spending-cap',
      lowersTo: 'advise',
      says: `with it, warm environments would cost $${hour.toFixed(2)} an hour (cap $${caps.usdPerHour}) and $${day.toFixed(2)} a day (cap $${caps.usdPerDay})`,
    };
  },
});
