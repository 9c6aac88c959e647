/** From HubSpot's properties to unified contacts: the defaults, and what the organisation has overridden. */

const DEFAULTS = {
  firstName: 'firstname',
  lastName: 'lastname',
  email: 'email',
  phone: 'phone',
  company: 'company',
  jobTitle: 'jobtitle',
  'address.street': 'address',
  'address.city': 'city',
  'address.state': 'state',
  'address.postalCode': 'zip',
  'address.country': 'country',
  lifecycleStage: 'lifecyclestage',
  ownerId: 'hubspot_owner_id',
  source: 'hs_analytics_source',
};

const compiled = new Map();

/** The mapping of an organisation, compiled once for each version of its overrides. */
export function compiledMapping(store, organisation, provider) {
  const version = store.mappingVersion(organisation, provider);
  const known = compiled.get(organisation);
  if (known?.version === version) {
    return known.mapping;
  }
  const fields = { ...DEFAULTS };
  for (const { unified_field: unified, provider_field: property } of store.overrides(organisation, provider, 'contact')) {
    fields[unified] = property;
  }
  const mapping = compile(fields);
  compiled.set(organisation, { version, mapping });
  return mapping;
}

function compile(fields) {
  const street = fields['address.street'];
  const city = fields['address.city'];
  const state = fields['address.state'];
  const postalCode = fields['address.postalCode'];
  const country = fields['address.country'];
  const read = (record, provider) => {
    const { id, properties } = record;
    return {
      id,
      remoteId: id,
      provider,
      firstName: text(properties[fields.firstName]),
      lastName: text(properties[fields.lastName]),
      email: text(properties[fields.email]),
      phone: text(properties[fields.phone]),
      company: text(properties[fields.company]),
      jobTitle: text(properties[fields.jobTitle]),
      address: {
        street: text(properties[street]),
        city: text(properties[city]),
        state: text(properties[state]),
        postalCode: text(properties[postalCode]),
        country: text(properties[country]),
      },
      lifecycleStage: text(properties[fields.lifecycleStage]),
      ownerId: text(properties[fields.ownerId]),
      ownerName: null,
      ownerEmail: null,
      source: text(properties[fields.source]),
      tags: null,
      customFields: null,
      createdAt: time(record.createdAt),
      updatedAt: time(record.updatedAt),
    };
  };
  return { properties: encodeURIComponent(Object.values(fields).join(',')), read };
}

/** What is empty is absent. Numbers become text, as the unified fields are. */
function text(value) {
  return value === undefined || value === null || value === '' ? null : String(value);
}

/** ISO 8601 in UTC with milliseconds; null for what is no time. */
function time(value) {
  if (!value) {
    return null;
  }
  const parsed = new Date(value);
  return Number.isNaN(parsed.getTime()) ? null : parsed.toISOString();
}
