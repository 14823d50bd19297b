"""One real cluster for all tests of Spark: two executors of their own, real shuffles between them."""

import pytest

from chainshock.queries.propagation.spark.session import open_session

CLUSTER = "local-cluster[2,1,1024]"


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    folder = tmp_path_factory.mktemp("spark")
    conf = {
        "spark.sql.warehouse.dir": (folder / "warehouse").as_uri(),
        "spark.driver.maxResultSize": "4m",  # what would be collected of a network does not fit
        "spark.sql.shuffle.partitions": "4",
    }
    with open_session(CLUSTER, folder / "spark.log", conf) as session:
        yield session
