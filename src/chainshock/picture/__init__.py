"""Put together what a picture shows: blocks, links, exposures week by week, rankings and reasons."""
