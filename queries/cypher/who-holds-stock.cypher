// Who holds stock, and for how many weeks
// Folder: 2 Dependence
// Answers: the stocks that are known of: holder, good, weeks of cover and how old the figure is. Outcomes of a
// stoppage are not among them.
MATCH (holder)-[stock:HOLDS_STOCK]->(good:Commodity)
WHERE stock.isCurrent
RETURN coalesce(stock.holder, holder.name) AS holder, holder.name AS firm, good.name AS good,
       stock.weeksLow AS weeksLow, stock.weeksHigh AS weeksHigh, stock.weeks AS weeks, stock.amount AS amount,
       stock.unit AS unit, stock.asOf AS asOf, stock.confidence AS confidence
ORDER BY coalesce(stock.weeksLow, stock.weeks, stock.weeksHigh), holder, good;
