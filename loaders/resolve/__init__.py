"""Tell who is who: countries, companies and goods by the names that publishers use."""
