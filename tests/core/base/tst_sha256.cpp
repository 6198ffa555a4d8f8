#include <QCryptographicHash>
#include <QtTest>

#include "core/base/sha256.h"

class TestSha256 : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void agreesWithQtForEveryPaddingLength() {
    for (int length = 0; length < 200; ++length) {
      QByteArray text;
      for (int i = 0; i < length; ++i) text.append(static_cast<char>(37 * i + length));
      const QByteArray want = QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex();
      QCOMPARE(QByteArray::fromStdString(core::sha256(text.toStdString())), want);
    }
  }
};

QTEST_GUILESS_MAIN(TestSha256)
#include "tst_sha256.moc"
