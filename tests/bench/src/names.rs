//! What the parts of a measurement agree on.

/// The provider's token of the measured connection.
pub(crate) const PROVIDER_TOKEN: &str = "pat-bench-7c1f2a64-0e3d-4f0b-9a55-d1c2b3a49586";
/// Where the fake provider has contacts: the path that the HubSpot connector asks for.
pub(crate) const CONTACTS: &str = "/crm/objects/2026-03/contacts";
/// Where it has owners.
pub(crate) const OWNERS: &str = "/crm/owners/2026-03";
/// The properties that a connector asks for when `phone` is overridden; for contestants that have no mapping.
pub(crate) const PROPERTIES: &str = "firstname,lastname,email,mobilephone,company,jobtitle,address,city,state,zip,\
                                     country,lifecyclestage,hubspot_owner_id,hs_analytics_source";
/// The organisation's one override: this unified field is read from another property than the default.
pub(crate) const OVERRIDE: (&str, &str) = ("phone", "mobilephone");
/// Whose connection is measured.
pub(crate) const END_USER: &str = "user-1";
/// Encrypts the credentials of measured servers. It protects nothing: the token above is public, too.
pub(crate) const MASTER_KEY: &str = "jzoc2St+ZPBVGcii5wRr0TyedfKoC01hFv6Dxyla0Es=";
