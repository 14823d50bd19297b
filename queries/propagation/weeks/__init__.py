"""The dynamic of a shock: stocks, transit, licences buyer by buyer, week by week."""
